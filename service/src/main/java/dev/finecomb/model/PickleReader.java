package dev.finecomb.model;

import dev.finecomb.model.Pickled.Call;
import dev.finecomb.model.Pickled.Entry;
import dev.finecomb.model.Pickled.Flag;
import dev.finecomb.model.Pickled.Global;
import dev.finecomb.model.Pickled.Instance;
import dev.finecomb.model.Pickled.Mapping;
import dev.finecomb.model.Pickled.Nothing;
import dev.finecomb.model.Pickled.Persistent;
import dev.finecomb.model.Pickled.Real;
import dev.finecomb.model.Pickled.Sequence;
import dev.finecomb.model.Pickled.Text;
import dev.finecomb.model.Pickled.Whole;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A pickle interpreter that executes nothing.
 *
 * <p>It knows the opcodes that PyTorch's own serializer writes (protocol 2) and no others. A global must be a class of
 * the module itself ({@code __torch__...}) or one of a short closed list; either way it becomes a name, an object of it
 * an inert {@link Instance}, a call of it a recorded {@link Call}. Work and memory are bounded by the pickle's length:
 * every opcode creates at most one value.
 */
final class PickleReader {
    /** Above this a pickle is not a module's structure but an attack or an accident. */
    static final int MAX_BYTES = 64 << 20;

    private static final Set<String> ADMITTED = Set.of(
            "torch._utils._rebuild_tensor_v2",
            "collections.OrderedDict",
            "torch.device",
            "builtins.complex",
            "torch.jit._pickle.build_intlist",
            "torch.jit._pickle.build_doublelist",
            "torch.jit._pickle.build_boollist",
            "torch.jit._pickle.build_tensorlist",
            "torch.jit._pickle.restore_type_tag");

    private final String where;
    private final ByteBuffer in;
    private final List<Pickled> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Integer, Pickled> memo = new HashMap<>();

    private PickleReader(String where, ByteBuffer in) {
        this.where = where;
        this.in = in;
    }

    /**
     * Reads the one value of a pickle.
     *
     * @param where the file and entry, for messages
     * @throws UnreadableModelException for every opcode, global or structure outside the closed set
     */
    static Pickled read(String where, ByteBuffer pickle) throws UnreadableModelException {
        PickleReader reader = new PickleReader(where, pickle.slice().order(ByteOrder.LITTLE_ENDIAN));
        if (pickle.remaining() > MAX_BYTES) {
            throw reader.malformed("pickle of " + pickle.remaining() + " bytes, at most " + MAX_BYTES + " are read");
        }
        try {
            return reader.run();
        } catch (BufferUnderflowException e) {
            throw reader.malformed("pickle ends in the middle of an instruction");
        }
    }

    private Pickled run() throws UnreadableModelException {
        while (true) {
            int opcode = in.get() & 0xff;
            if (opcode == '.') {
                Pickled value = pop();
                if (!stack.isEmpty() || !marks.isEmpty()) {
                    throw malformed("values left over at the end of the pickle");
                }
                return value;
            }
            if (!literal(opcode) && !container(opcode)) {
                object(opcode);
            }
        }
    }

    /** Instructions that push one value that they hold themselves, or speak to the memo. */
    private boolean literal(int opcode) throws UnreadableModelException {
        switch (opcode) {
            case 0x80 -> {
                int protocol = in.get() & 0xff;
                if (protocol != 2) {
                    throw malformed("pickle protocol " + protocol + " instead of 2");
                }
            }
            case 'N' -> push(new Nothing());
            case 0x88 -> push(new Flag(true));
            case 0x89 -> push(new Flag(false));
            case 'K' -> push(new Whole(in.get() & 0xff));
            case 'M' -> push(new Whole(in.getShort() & 0xffff));
            case 'J' -> push(new Whole(in.getInt()));
            case 0x8a -> push(new Whole(longInteger()));
            case 'G' -> push(new Real(Double.longBitsToDouble(Long.reverseBytes(in.getLong()))));
            case 'X' -> push(new Text(text(in.getInt())));
            case 'U' -> push(new Text(text(in.get() & 0xff)));
            case 'T' -> push(new Text(text(in.getInt())));
            case 'q' -> memo.put(in.get() & 0xff, peek());
            case 'r' -> memo.put(in.getInt(), peek());
            case 'h' -> push(recall(in.get() & 0xff));
            case 'j' -> push(recall(in.getInt()));
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Instructions that make or fill tuples, lists and dicts. */
    private boolean container(int opcode) throws UnreadableModelException {
        switch (opcode) {
            case '(' -> marks.push(stack.size());
            case ')' -> push(new Sequence(List.of()));
            case ']' -> push(new Sequence(new ArrayList<>()));
            case '}' -> push(new Mapping(new ArrayList<>()));
            case 't' -> push(new Sequence(List.copyOf(sinceMark())));
            case 0x85 -> push(new Sequence(last(1)));
            case 0x86 -> push(new Sequence(last(2)));
            case 0x87 -> push(new Sequence(last(3)));
            case 'a' -> append(last(1));
            case 'e' -> append(sinceMark());
            case 's' -> put(last(2));
            case 'u' -> put(sinceMark());
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Instructions that name, create and fill objects: all inert. */
    private void object(int opcode) throws UnreadableModelException {
        switch (opcode) {
            case 'c' -> push(global(line(), line()));
            case 'Q' -> push(new Persistent(pop()));
            case 0x81 -> {
                pop();
                push(new Instance(popGlobal()));
            }
            case 'R' -> {
                if (!(pop() instanceof Sequence arguments)) {
                    throw malformed("call without an argument tuple");
                }
                push(new Call(popGlobal(), arguments.items()));
            }
            case 'b' -> {
                Pickled state = pop();
                if (!(peek() instanceof Instance instance)) {
                    throw malformed("state for something that is no object");
                }
                instance.build(state);
            }
            default -> throw malformed("pickle instruction 0x%02x, which no module needs".formatted(opcode));
        }
    }

    private Global global(String module, String name) throws UnreadableModelException {
        Global global = new Global(module, name);
        boolean ofTheModule = module.equals("__torch__") || module.startsWith("__torch__.");
        boolean storage = module.equals("torch") && name.endsWith("Storage");
        if (!ofTheModule && !storage && !ADMITTED.contains(global.qualifiedName())) {
            throw malformed("the pickle names " + global.qualifiedName() + ", which no module needs");
        }
        return global;
    }

    private Global popGlobal() throws UnreadableModelException {
        if (pop() instanceof Global global) {
            return global;
        }
        throw malformed("call of something that is no name");
    }

    private void append(List<Pickled> items) throws UnreadableModelException {
        if (!(peek() instanceof Sequence list) || !(list.items() instanceof ArrayList<Pickled> growing)) {
            throw malformed("items for something that is no list");
        }
        growing.addAll(items);
    }

    private void put(List<Pickled> pairs) throws UnreadableModelException {
        if (!(peek() instanceof Mapping mapping) || pairs.size() % 2 != 0) {
            throw malformed("pairs for something that is no dict");
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            mapping.entries().add(new Entry(pairs.get(i), pairs.get(i + 1)));
        }
    }

    private long longInteger() throws UnreadableModelException {
        int length = in.get() & 0xff;
        if (length > Long.BYTES) {
            throw malformed("integer of " + length + " bytes");
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            long next = i == length - 1 ? in.get() : in.get() & 0xff;
            value |= next << (8 * i);
        }
        return value;
    }

    private String text(int length) throws UnreadableModelException {
        if (length < 0 || length > in.remaining()) {
            throw malformed("text of " + Integer.toUnsignedLong(length) + " bytes");
        }
        ByteBuffer bytes = in.slice(in.position(), length);
        in.position(in.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw malformed("text that is not UTF-8");
        }
    }

    private String line() throws UnreadableModelException {
        int start = in.position();
        while (in.get() != '\n') {
            // the newline itself is consumed
        }
        int end = in.position() - 1;
        in.position(start);
        String line = text(end - start);
        in.position(end + 1);
        return line;
    }

    private Pickled recall(int key) throws UnreadableModelException {
        Pickled value = memo.get(key);
        if (value == null) {
            throw malformed("reference to value " + key + ", which was never stored");
        }
        return value;
    }

    private void push(Pickled value) {
        stack.add(value);
    }

    private Pickled peek() throws UnreadableModelException {
        int floor = marks.isEmpty() ? 0 : marks.element();
        if (stack.size() <= floor) {
            throw malformed("instruction without its operand");
        }
        return stack.getLast();
    }

    private Pickled pop() throws UnreadableModelException {
        Pickled value = peek();
        stack.removeLast();
        return value;
    }

    private List<Pickled> last(int count) throws UnreadableModelException {
        List<Pickled> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.addFirst(pop());
        }
        return List.copyOf(items);
    }

    private List<Pickled> sinceMark() throws UnreadableModelException {
        if (marks.isEmpty()) {
            throw malformed("end of a group that never began");
        }
        List<Pickled> tail = stack.subList(marks.pop(), stack.size());
        List<Pickled> items = List.copyOf(tail);
        tail.clear();
        return items;
    }

    private UnreadableModelException malformed(String what) {
        return new UnreadableModelException(
                where + " at byte " + in.position(), what, UnreadableModelException.SAVE_AGAIN);
    }
}
