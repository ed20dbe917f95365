package ingest

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Config tunes ingestion. Its zero value works.
type Config struct {
	// Split is how documents become passages; SplitRecursive.
	Split string
	// ChunkSize is the length of a passage at most, in runes; 500: two or
	// three paragraphs, which fits the context of every embedder in use.
	ChunkSize int
	// Overlap is how much of a passage the next one repeats at most, in runes,
	// so that a sentence at a border is whole in one of them; 100. It must be
	// less than ChunkSize. NoOverlap stands for 0.
	Overlap int
	// ParentSize is the length of a parent at most, in runes, for SplitParent;
	// 2000, or four times ChunkSize if that is more. It must not be less than
	// ChunkSize.
	ParentSize int
	// Batch is how many passages are embedded in one call at most; 64.
	Batch int
	// MaxBytes is the size of a file at most, or of a line in a JSONL file,
	// which is read line by line; 64 MiB. The text of a document, its passages
	// and their vectors are in memory together.
	MaxBytes int64

	// CacheDir is a folder for what costs time to make and is the same for each
	// run: the compiled reader of PDF files. Without it (empty) the first PDF
	// file of a run costs 4 s more.
	CacheDir string

	// Stdin is what the path "-" stands for, and StdinName the name whose
	// extension tells its type.
	Stdin     io.Reader
	StdinName string

	// AllowURLs are the hosts that URLs may be fetched from, redirects
	// included; none by default. See the package's documentation.
	AllowURLs []string

	// Prune removes, when all else is done, the documents that the paths given
	// stood for and that are no longer there. It needs a store that is a
	// Pruner. A path whose files could not all be listed, or that is not there,
	// loses nothing; nor does any when the run ends early.
	Prune bool
	// DryRun stores and removes nothing. The report tells what would be.
	DryRun bool

	allowPrivate bool // addresses, for tests
}

// The ways to split a document.
const (
	// SplitRecursive splits at paragraphs, then lines, then words, then
	// anywhere, until each passage fits ChunkSize.
	SplitRecursive = "recursive"
	// SplitMarkdown makes a passage of each section, from its heading to the
	// next, and splits long ones as SplitRecursive does. It works for every
	// type that has headings.
	SplitMarkdown = "markdown"
	// SplitSentence packs whole sentences, English or Korean, into passages;
	// the overlap is of whole sentences. Only a sentence longer than ChunkSize
	// is cut.
	SplitSentence = "sentence"
	// SplitParent finds by small passages what is read in larger ones: each
	// passage tells in its metadata (retrieval.ParentStart, ParentEnd) the part
	// of the document, of at most ParentSize runes, that it was cut from.
	SplitParent = "parent"
	// SplitNone keeps the whole document as one passage.
	SplitNone = "none"
)

// Splits are the ways to split, the default first.
func Splits() []string {
	return []string{SplitRecursive, SplitMarkdown, SplitSentence, SplitParent, SplitNone}
}

// NoOverlap as Config.Overlap means that passages share no text.
const NoOverlap = -1

// Defaults returns the zero Config with its defaults filled in.
func Defaults() Config {
	c, _ := Config{}.withDefaults() // the defaults fit each other
	return c
}

func (c Config) withDefaults() (Config, error) {
	c.Split = cmp.Or(c.Split, SplitRecursive)
	c.ChunkSize = cmp.Or(c.ChunkSize, 500)
	// A chunk size smaller than the default overlap still gets one that fits.
	c.Overlap = cmp.Or(c.Overlap, min(100, c.ChunkSize/5))
	if c.Overlap == NoOverlap {
		c.Overlap = 0
	}
	c.ParentSize = cmp.Or(c.ParentSize, max(2000, 4*c.ChunkSize))
	c.Batch = cmp.Or(c.Batch, 64)
	c.MaxBytes = cmp.Or(c.MaxBytes, 64<<20)
	switch {
	case !slices.Contains(Splits(), c.Split):
		return c, fmt.Errorf("unknown way to split %q: use one of %s", c.Split, strings.Join(Splits(), ", "))
	case c.ChunkSize < 1:
		return c, fmt.Errorf("the chunk size is %d: it must be positive", c.ChunkSize)
	case c.Overlap < 0 || c.Overlap >= c.ChunkSize:
		return c, fmt.Errorf("the overlap is %d: it must be less than the chunk size, %d", c.Overlap, c.ChunkSize)
	case c.Split == SplitParent && c.ParentSize < c.ChunkSize:
		return c, fmt.Errorf("the parent size is %d: it must not be less than the chunk size, %d", c.ParentSize, c.ChunkSize)
	case c.Batch < 1:
		return c, fmt.Errorf("the batch size is %d: it must be positive", c.Batch)
	case c.MaxBytes < 1:
		return c, fmt.Errorf("the largest file size is %d: it must be positive", c.MaxBytes)
	}
	return c, nil
}

// sentenceRules is the version of the rules by which text.Sentences ends a
// sentence. Another version cuts the same content elsewhere.
const sentenceRules = 2

// splitting names the way of splitting with its sizes. It is stored with each
// document, because another way makes other passages of the same content.
func (c Config) splitting() string {
	switch c.Split {
	case SplitNone:
		return SplitNone
	case SplitSentence:
		return fmt.Sprintf("%s@%d %d/%d", c.Split, sentenceRules, c.ChunkSize, c.Overlap)
	case SplitParent:
		return fmt.Sprintf("%s %d/%d/%d", c.Split, c.ParentSize, c.ChunkSize, c.Overlap)
	}
	return fmt.Sprintf("%s %d/%d", c.Split, c.ChunkSize, c.Overlap)
}
