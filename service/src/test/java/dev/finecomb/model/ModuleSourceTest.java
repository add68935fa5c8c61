package dev.finecomb.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the serialized source says a module's forward takes. */
class ModuleSourceTest {
    private static final String SOURCE = """
            class Other(Module):
              __parameters__ = []
              def forward(self: __torch__.Other,
                z: Tensor) -> Tensor:
                return z
            class Net(Module):
              __parameters__ = ["weight", ]
              weight : Tensor
              %s
              def helper(self: __torch__.Net,
                h: Tensor) -> Tensor:
                return h
              def forward(self: __torch__.Net,
                ids: Tensor,
                mask: Tensor,
                scale: float=1.0,
                more: Optional[Tensor]=None) -> Tensor:
                return torch.add(ids, mask)
            class Silent(Module):
              __parameters__ = []
              training : bool
            class Last(Module):
              def forward(self: __torch__.Last,
                x: Tensor) -> Tensor:
                return x
            """;

    @Test
    void tensorsAreTakenInTheirOrderAndNothingElse() {
        assertThat(ModuleSource.inputs(SOURCE, "Net")).containsExactly("ids", "mask");
        assertThat(ModuleSource.inputs(SOURCE, "Other")).containsExactly("z");
        assertThat(ModuleSource.inputs(SOURCE, "Last")).containsExactly("x");
    }

    @Test
    void whatIsNotSaidIsNotGuessed() {
        assertThat(ModuleSource.inputs(SOURCE, "Silent")).isEmpty();
        assertThat(ModuleSource.inputs(SOURCE, "Absent")).isEmpty();
        assertThat(ModuleSource.inputs("", "Net")).isEmpty();
        assertThat(ModuleSource.inputs("class Net(Module):\n  def forward(self: __torch__.Net,\n    x: Tensor", "Net"))
                .isEmpty();
    }

    @Test
    void aLongSourceIsNoTrouble() {
        String large = SOURCE.formatted("attribute : int\n  ".repeat(200_000));

        assertThat(ModuleSource.inputs(large, "Net")).containsExactly("ids", "mask");
    }
}
