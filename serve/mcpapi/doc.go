// Package mcpapi gives the operations of a serve.Service to models of others,
// by the Model Context Protocol: tools search, ask and list_collections, and
// the documents of collections as resources.
//
// Shape: New makes one server of the protocol's official SDK. Run serves one
// client over streams, with the scope of the Config; Handler serves many over
// HTTP, each request with the scope of its own key, which whoever mounts it has
// checked. tool.go is what every call goes through: its scope, a slot, a time
// limit, its end when the client goes away, and errors that tell no inner
// workings. One file a tool; resources.go lists, completes and reads documents.
package mcpapi
