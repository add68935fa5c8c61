/**
 * The doorbell: HTTP orders become commands that the loop takes between two steps, and the job's page is answered from
 * its status.
 */
@NullMarked
package dev.finecomb.control;

import org.jspecify.annotations.NullMarked;
