@org.jspecify.annotations.NullMarked
package dev.finecomb.storage;
