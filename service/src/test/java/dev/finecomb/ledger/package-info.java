@NullMarked
package dev.finecomb.ledger;

import org.jspecify.annotations.NullMarked;
