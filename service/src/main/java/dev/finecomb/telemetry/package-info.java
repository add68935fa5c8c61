/** Meters and health, read from the job's status: they observe the job and never touch it. */
@NullMarked
package dev.finecomb.telemetry;

import org.jspecify.annotations.NullMarked;
