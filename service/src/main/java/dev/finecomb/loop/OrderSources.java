package dev.finecomb.loop;

import dev.finecomb.control.CommandMailbox;
import dev.finecomb.ingest.CommandSource;

/**
 * Where orders come from.
 *
 * @param mailbox those given over HTTP
 * @param topic those in the commands topic
 */
public record OrderSources(CommandMailbox mailbox, CommandSource topic) {}
