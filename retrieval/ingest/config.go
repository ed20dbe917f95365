package ingest

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/content"
)

// Config tunes ingestion. Its zero value works.
type Config struct {
	// Split is the way to split documents into passages. The default is
	// SplitRecursive.
	Split string
	// ChunkSize is the maximum length of a passage in runes. The default is 500:
	// two or three paragraphs, which fit the context of every embedder in use.
	ChunkSize int
	// Overlap is the maximum number of runes that two neighbouring passages share,
	// so that a sentence at their border is whole in one of them. The default is
	// 100. It must be less than ChunkSize. NoOverlap stands for 0.
	Overlap int
	// ParentSize is the maximum length of a parent in runes, for SplitParent. The
	// default is 2000, or four times ChunkSize if that is more. It must not be less
	// than ChunkSize.
	ParentSize int
	// Batch is the maximum number of passages embedded in one call. The default is
	// 64.
	Batch int
	// Writers is the maximum number of documents that are stored at the same time.
	// The default is 1. More than one takes less time if a store waits for a
	// server, as Milvus does; its Put must then be safe for concurrent use.
	Writers int
	// MaxBytes is the maximum size of a file, or of a line in a JSONL file, which
	// is read line by line. The default is 64 MiB. The text of a document, its
	// passages and their vectors are in memory together.
	MaxBytes int64

	// CacheDir is a folder that keeps the compiled reader of PDF files from one run
	// to the next. If it is empty, the first PDF file of each run takes 4 s longer.
	CacheDir string

	// Fields are set in the metadata of each document. They replace fields of the
	// same name in its file, and stay set when the document is ingested again. A
	// nil value removes a field that was set before. retrieval.CheckFields says
	// which fields are valid.
	Fields map[string]any
	// Force makes a run read and store documents again even if they have not
	// changed.
	Force bool

	// Readers holds readers of further types of files. The keys are extensions in
	// lower case with the dot, such as ".rtf". A type that this package reads
	// itself must not be among them.
	Readers map[string]FileReader

	// Stdin is read for the path "-". The extension of StdinName says which type
	// it has.
	Stdin     io.Reader
	StdinName string

	// AllowURLs lists the hosts that URLs may be fetched from, also by redirects.
	// By default there are none. See the package documentation.
	AllowURLs []string

	// Prune removes a document at the end of a run if one of the given paths covers
	// it and its file is no longer there. The store must be a Pruner. Nothing is
	// removed for a path that does not exist or whose files could not all be
	// listed, and nothing at all if the run ends early.
	Prune bool
	// DryRun stores and removes nothing. The report says what a real run would do.
	DryRun bool

	allowPrivate bool // allow private addresses, for tests
}

// FileReader is a reader of a type of files that this package does not read.
type FileReader struct {
	Read content.Reader
	// Version changes if Read returns another text for the same file. The documents
	// are then ingested again.
	Version string
}

// The ways to split a document.
const (
	// SplitRecursive splits at paragraphs, then lines, then words, then
	// anywhere, until each passage fits ChunkSize.
	SplitRecursive = "recursive"
	// SplitMarkdown makes a passage of each section, from one heading to the next,
	// and splits long sections as SplitRecursive does. It works for every type of
	// file that has headings.
	SplitMarkdown = "markdown"
	// SplitSentence packs whole sentences, English or Korean, into passages. The
	// overlap consists of whole sentences, too. Only a sentence longer than
	// ChunkSize is cut.
	SplitSentence = "sentence"
	// SplitParent cuts a document into parents of at most ParentSize runes, and
	// each parent into passages. Searches find the small passages, and the parent
	// is read. The metadata of a passage says where its parent is
	// (retrieval.ParentStart, ParentEnd).
	SplitParent = "parent"
	// SplitNone keeps the whole document as one passage.
	SplitNone = "none"
)

// Splits returns the ways to split. The default is the first.
func Splits() []string {
	return []string{SplitRecursive, SplitMarkdown, SplitSentence, SplitParent, SplitNone}
}

// NoOverlap as Config.Overlap means that passages share no text.
const NoOverlap = -1

// Defaults returns the zero Config with its defaults filled in.
func Defaults() Config {
	c, _ := Config{}.withDefaults() // no error, because the defaults are valid
	return c
}

func (c Config) withDefaults() (Config, error) {
	c.Split = cmp.Or(c.Split, SplitRecursive)
	c.ChunkSize = cmp.Or(c.ChunkSize, 500)
	// If the chunk size is small, the default overlap is smaller, too.
	c.Overlap = cmp.Or(c.Overlap, min(100, c.ChunkSize/5))
	if c.Overlap == NoOverlap {
		c.Overlap = 0
	}
	c.ParentSize = cmp.Or(c.ParentSize, max(2000, 4*c.ChunkSize))
	c.Batch = cmp.Or(c.Batch, 64)
	c.Writers = cmp.Or(c.Writers, 1)
	c.MaxBytes = cmp.Or(c.MaxBytes, 64<<20)
	if err := retrieval.CheckFields(c.Fields); err != nil {
		return c, err
	}
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
	case c.Writers < 1:
		return c, fmt.Errorf("the number of writers is %d: it must be positive", c.Writers)
	case c.MaxBytes < 1:
		return c, fmt.Errorf("the largest file size is %d: it must be positive", c.MaxBytes)
	}
	for _, t := range fileTypes() {
		if _, twice := c.Readers[t.extension]; twice {
			return c, fmt.Errorf("a reader for %s: files of this type are read already", t.extension)
		}
	}
	return c, nil
}

// sentenceRules is the version of the rules by which text.Sentences finds the end
// of a sentence. Another version may cut the same content in other places.
const sentenceRules = 2

// splitting returns the way of splitting with its sizes, such as
// "recursive 500/100". It is stored with each document, because another way makes
// other passages of the same content.
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

// readingRules is the version of the rules by which files become texts. It changes if
// the same file becomes another text. If the version of a stored document differs,
// the document is ingested again.
const readingRules = 3

// rules returns the rules by which a file becomes passages. by is the version of
// the caller's reader for its type, or empty.
func (c Config) rules(by string) string {
	rules := fmt.Sprintf("%s, read %d", c.splitting(), readingRules)
	if by != "" {
		rules += " by " + by
	}
	return rules
}

// Rules returns a text that changes if the same files become other passages, because
// they are split in another way or read by another reader.
func (c Config) Rules() (string, error) {
	c, err := c.withDefaults()
	if err != nil {
		return "", fmt.Errorf("ingest: %w", err)
	}
	rules := c.rules("")
	for _, extension := range slices.Sorted(maps.Keys(c.Readers)) {
		rules += fmt.Sprintf("; %s by %s", extension, c.Readers[extension].Version)
	}
	return rules, nil
}
