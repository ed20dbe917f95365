package retrieval

// Tokens holds the tokens of a text from an encoder, in the order of the text
// and without the special tokens around it. The slices that are set have the
// same length.
type Tokens struct {
	// Vectors holds one vector of unit length per token, [tokens][dimensions]:
	// the inner product of two is their cosine. The maker of Tokens scales
	// them.
	Vectors [][]float32
	// Spans holds the place of each token in bytes of the text, half open. nil:
	// unknown.
	Spans [][2]int
	// Rarity weighs each token by its rarity in general text; weights are above
	// 0. nil: unknown.
	Rarity []float64
}
