package ingest

import (
	"cmp"
	"fmt"
)

// Config tunes ingestion. Its zero value works.
type Config struct {
	// Split is how documents become passages: SplitRecursive (the default) or
	// SplitNone.
	Split string
	// ChunkSize is the length of a passage at most, in runes; 500: two or
	// three paragraphs, which fits the context of every embedder in use.
	ChunkSize int
	// Overlap is how much of a passage the next one repeats at most, in runes,
	// so that a sentence at a border is whole in one of them; 100. It must be
	// less than ChunkSize. NoOverlap stands for 0.
	Overlap int
	// Batch is how many passages are embedded in one call at most; 64.
	Batch int
	// MaxBytes is the size of a file at most, or of a line in a JSONL file,
	// which is read line by line; 64 MiB. The text of a document, its passages
	// and their vectors are in memory together.
	MaxBytes int64
}

// The ways to split a document.
const (
	// SplitRecursive splits at paragraphs, then lines, then words, then
	// anywhere, until each passage fits ChunkSize.
	SplitRecursive = "recursive"
	// SplitNone keeps the whole document as one passage.
	SplitNone = "none"
)

// NoOverlap as Config.Overlap means that passages share no text.
const NoOverlap = -1

func (c Config) withDefaults() (Config, error) {
	c.Split = cmp.Or(c.Split, SplitRecursive)
	c.ChunkSize = cmp.Or(c.ChunkSize, 500)
	// A chunk size smaller than the default overlap still gets one that fits.
	c.Overlap = cmp.Or(c.Overlap, min(100, c.ChunkSize/5))
	if c.Overlap == NoOverlap {
		c.Overlap = 0
	}
	c.Batch = cmp.Or(c.Batch, 64)
	c.MaxBytes = cmp.Or(c.MaxBytes, 64<<20)
	switch {
	case c.Split != SplitRecursive && c.Split != SplitNone:
		return c, fmt.Errorf("unknown way to split %q: use %s or %s", c.Split, SplitRecursive, SplitNone)
	case c.ChunkSize < 1:
		return c, fmt.Errorf("the chunk size is %d: it must be positive", c.ChunkSize)
	case c.Overlap < 0 || c.Overlap >= c.ChunkSize:
		return c, fmt.Errorf("the overlap is %d: it must be less than the chunk size, %d", c.Overlap, c.ChunkSize)
	case c.Batch < 1:
		return c, fmt.Errorf("the batch size is %d: it must be positive", c.Batch)
	case c.MaxBytes < 1:
		return c, fmt.Errorf("the largest file size is %d: it must be positive", c.MaxBytes)
	}
	return c, nil
}

// splitting names the way of splitting with its sizes. It is stored with each
// document, because another way makes other passages of the same content.
func (c Config) splitting() string {
	if c.Split == SplitNone {
		return SplitNone
	}
	return fmt.Sprintf("%s %d/%d", c.Split, c.ChunkSize, c.Overlap)
}
