package dev.finecomb.loop;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * A body of code that can stop in the middle of anything and go on later, on the thread of whoever resumes it: what the
 * simulation makes its threads of. One that is never resumed again is a thread that was killed: nothing of it runs any
 * more, no {@code finally} either.
 *
 * <p>It is the JDK's own continuation, beneath virtual threads, reached through method handles because it has no public
 * name; the tests' JVM runs with {@code --add-exports java.base/jdk.internal.vm=ALL-UNNAMED}.
 */
final class Coroutine {
    private static final MethodHandle CREATE;
    private static final MethodHandle RESUME;
    private static final MethodHandle SUSPEND;
    private static final MethodHandle IS_DONE;

    static {
        try {
            Class<?> scope = Class.forName("jdk.internal.vm.ContinuationScope");
            Class<?> type = Class.forName("jdk.internal.vm.Continuation");
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            Object simulation = lookup.findConstructor(scope, MethodType.methodType(void.class, String.class))
                    .invoke("simulation");
            MethodHandle create =
                    lookup.findConstructor(type, MethodType.methodType(void.class, scope, Runnable.class));
            CREATE = MethodHandles.insertArguments(create, 0, simulation)
                    .asType(MethodType.methodType(Object.class, Runnable.class));
            RESUME = lookup.findVirtual(type, "run", MethodType.methodType(void.class))
                    .asType(MethodType.methodType(void.class, Object.class));
            IS_DONE = lookup.findVirtual(type, "isDone", MethodType.methodType(boolean.class))
                    .asType(MethodType.methodType(boolean.class, Object.class));
            SUSPEND = MethodHandles.insertArguments(
                    lookup.findStatic(type, "yield", MethodType.methodType(boolean.class, scope)), 0, simulation);
        } catch (Throwable e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Object continuation;

    Coroutine(Runnable body) {
        try {
            continuation = (Object) CREATE.invokeExact(body);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Runs the body on until it suspends itself or ends. */
    void resume() {
        try {
            RESUME.invokeExact(continuation);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    boolean isDone() {
        try {
            return (boolean) IS_DONE.invokeExact(continuation);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Stops the coroutine that runs on this thread; returns when it is resumed. */
    static void suspend() {
        try {
            boolean _ = (boolean) SUSPEND.invokeExact();
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    private static RuntimeException rethrown(Throwable e) {
        return switch (e) {
            case Error error -> throw error;
            case RuntimeException runtime -> runtime;
            case Throwable other -> new IllegalStateException(other);
        };
    }
}
