// Package mcpapi offers the operations of a serve.Service to language models in
// other programs, by the Model Context Protocol: the tools search, ask and
// list_collections, and the documents of collections as resources.
//
// Shape: New makes one server of the protocol's official SDK. Run serves one
// client over streams, with the scope of the Config. Handler serves many
// clients over HTTP, each request with the scope of its own key; the code that
// mounts the handler must check the key. tool.go holds what every call needs:
// the scope of its caller, a slot, a time limit, an end when the client goes
// away, and errors without internal details. Each tool has a file; resources.go
// lists, completes and reads documents.
package mcpapi
