// Package registry keeps prompts in a registry of versions and labels, such as
// Langfuse's: it pushes them there, pulls them into a folder, and loads those
// of a label when a program starts.
//
// Shape: Source and Target are what it asks of a registry. A template file is
// one text there, as it is, under selfrag/NAME.LANGUAGE. What comes from a
// registry is checked by prompts.Check before it is used: whoever edits there
// sees no error of this program. Load falls back to what it fetched before
// (a cache folder, which --prompts could read too) and then to the built-in
// prompts, and says so once.
package registry
