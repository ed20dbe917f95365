// Package storetest tests that every store behaves the same way, as
// testing/fstest does for file systems. A store's own tests call Run.
package storetest
