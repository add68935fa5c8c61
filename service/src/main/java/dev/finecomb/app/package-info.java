/** The front door: reads the configuration, wires the rooms, starts and stops them. Nobody imports it. */
@NullMarked
package dev.finecomb.app;

import org.jspecify.annotations.NullMarked;
