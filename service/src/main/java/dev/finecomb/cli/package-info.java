/** The command line: every sub-command but the service itself, their shared options, and how a process ends. */
@NullMarked
package dev.finecomb.cli;

import org.jspecify.annotations.NullMarked;
