//go:build onnx && notokenizers

package onnx

// library stands for Hugging Face's tokenizers library in a build with the tag
// notokenizers. It cannot be constructed.
type library struct{}

// openLibrary returns ErrNoTokenizers.
func openLibrary([]byte, bool) (*library, error) { return nil, ErrNoTokenizers }

// encode returns ErrNoTokenizers.
func (*library) encode(string) (tokens, error) { return tokens{}, ErrNoTokenizers }

// ids returns nothing.
func (*library) ids(string) []uint32 { return nil }

// size returns 0.
func (*library) size() int { return 0 }

// close does nothing.
func (*library) close() {}
