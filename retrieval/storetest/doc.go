// Package storetest holds every store to one behaviour, as testing/fstest does
// for file systems. A store's own tests call Run.
package storetest
