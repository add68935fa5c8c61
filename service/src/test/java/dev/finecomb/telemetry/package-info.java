@NullMarked
package dev.finecomb.telemetry;

import org.jspecify.annotations.NullMarked;
