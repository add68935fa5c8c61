/** The benchmark: what a step, a removal, a record and a job cost, each beside what it is measured against. */
@NullMarked
package dev.finecomb.bench;

import org.jspecify.annotations.NullMarked;
