// Package registry keeps prompts in a registry of versions and labels, such as
// Langfuse's. It pushes prompts there, pulls them into a folder, and loads
// those with a label when a program starts.
//
// Shape: Source and Target are the registry's interfaces. A template file is
// stored unchanged as one text, under selfrag/NAME.LANGUAGE. Text from a
// registry is checked by prompts.Check before it is used, because people who
// edit it there do not see this program's errors. Load falls back to the
// prompts that it fetched before (a cache folder that --prompts could read
// too), then to the built-in prompts, and says so once.
package registry
