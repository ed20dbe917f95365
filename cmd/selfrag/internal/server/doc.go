// Package server starts and stops the service that the settings describe. The
// service runs over HTTP with all its protocols, or over standard input and
// output for one client of the Model Context Protocol.
package server
