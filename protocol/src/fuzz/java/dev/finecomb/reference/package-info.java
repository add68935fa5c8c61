/** Documents that are made from the code, shared by the tests of both modules as the fuzzer is. */
@NullMarked
package dev.finecomb.reference;

import org.jspecify.annotations.NullMarked;
