// Package server starts the service that the settings describe, and ends it in
// order: over HTTP with all its protocols, or by the Model Context Protocol for
// the one client at standard input and output.
package server
