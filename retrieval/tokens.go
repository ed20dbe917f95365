package retrieval

// Tokens are a text as an encoder sees it, token by token, in the order of the
// text and without the special tokens around it. The slices that are set have
// the same length.
type Tokens struct {
	// Vectors holds one vector a token, [tokens][dimensions], of unit length: the
	// inner product of two is their cosine. Who makes Tokens scales them.
	Vectors [][]float32
	// Spans says where each token stands: bytes of the text, half open. nil: not
	// known.
	Spans [][2]int
	// Rarity weighs each token by how seldom it is in text at large, above 0.
	// nil: not known.
	Rarity []float64
}
