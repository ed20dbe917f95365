package plain

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/charset"
	"selfrag/retrieval/ingest/content"
)

// Line is a line of a JSONL file: a document, or an error if the line is not a
// valid one. If Err is not nil, only the source of the document is set.
type Line struct {
	Document retrieval.Document
	Warnings []string
	Err      error
	Bytes    int64 // length of the line in the file
}

// JSONL reads a JSONL file, each line of which is a document, and calls yield with
// each. A line has "text", and may have "_id" and "title". Other fields that are
// strings, numbers or booleans become metadata, and so does "_id". The format of
// FlashRAG, {"id", "contents"}, is read, too. The source of a document is the
// source of the file, a #, and the document's _id or else "line" and its number,
// such as "faq.jsonl#line 3". Only one line is in memory at a time. JSONL goes on
// after a line that is bad or longer than maxBytes. It returns the error that yield
// returned.
func JSONL(in io.Reader, source string, maxBytes int64, yield func(Line) error) error {
	// BOMOverride decodes UTF-16 if the file begins with a byte order mark, and drops
	// the mark.
	lines := bufio.NewReaderSize(transform.NewReader(in, unicode.BOMOverride(transform.Nop)), 1<<16)
	seen := lineNumbers{seed: maphash.MakeSeed(), of: map[uint64]uint32{}}
	documents, told := 0, false
	for number := 1; ; number++ {
		line, size, err := readLine(lines, maxBytes)
		if errors.Is(err, io.EOF) {
			break
		}
		l := Line{Err: err, Bytes: size}
		l.Document.Source = fmt.Sprintf("%s#line %d", source, number)
		broken := err != nil && !errors.Is(err, errLongLine)
		if err == nil {
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			l.Err = parseLine(line, source, number, seen, &l.Document)
			if renamed := renamedIn(l.Document.Metadata); renamed != nil && !told {
				told = true
				l.Warnings = content.AppendWarning(nil, "%s: a filter by these names reads the passage's own fields; here and in other lines, the fields of the line are kept as %s_",
					strings.Join(renamed, ", "), strings.Join(renamed, "_, "))
			}
		}
		documents++
		if err := yield(l); err != nil || broken {
			return err
		}
	}
	if documents == 0 {
		return yield(Line{Document: retrieval.Document{Source: source}, Err: content.ErrEmpty})
	}
	return nil
}

var errLongLine = errors.New("the line is too long")

// readLine returns the next line without its line end, and the number of bytes that
// it took in the file. For a line longer than maxBytes it returns errLongLine and
// no text. After the last line it returns io.EOF.
func readLine(r *bufio.Reader, maxBytes int64) (line []byte, size int64, err error) {
	for {
		part, err := r.ReadSlice('\n')
		size += int64(len(part))
		if size <= maxBytes {
			line = append(line, part...)
		} else {
			line = nil
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == io.EOF && size == 0:
			return nil, 0, io.EOF
		case err != nil && err != io.EOF:
			return nil, size, err
		case size > maxBytes:
			return nil, size, fmt.Errorf("%w: %w", errLongLine, content.TooLarge(maxBytes))
		}
		return bytes.TrimRight(line, "\r\n"), size, nil
	}
}

// parseLine parses a line into doc. If the line has an _id, the source of doc,
// which is the number of the line before, becomes one with the _id.
func parseLine(line []byte, source string, number int, seen lineNumbers, doc *retrieval.Document) error {
	sum := content.ID(line)
	if !utf8.Valid(line) {
		decoded, ok := charset.DecodeKorean(line)
		if !ok {
			return errors.New("the encoding of the line is unknown: UTF-8, UTF-16 with a byte order mark, CP949 and EUC-KR are read")
		}
		line = []byte(decoded)
	}
	var fields map[string]any
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	err := decoder.Decode(&fields)
	if err == nil && decoder.More() {
		err = errors.New("something follows it")
	}
	if err != nil {
		return fmt.Errorf("the line is not a JSON object: %w", err)
	}
	if _, ok := fields["text"]; !ok {
		fromFlashRAG(fields)
	}
	id, err := identifier(fields["_id"])
	if err != nil {
		return err
	}
	text, _ := fields["text"].(string)
	text = content.NormaliseNewlines(text)
	if strings.TrimSpace(text) == "" {
		return errors.New(`the line has no "text"`)
	}
	if id != "" {
		if first, ok := seen.add(id, number); !ok {
			return fmt.Errorf("_id %q is that of line %d already", id, first)
		}
		doc.Source = source + "#" + id
	}
	doc.ID, doc.Text = sum, text
	title, _ := fields["title"].(string)
	doc.Title = content.Name(title)
	doc.Metadata, err = metadata(fields)
	return err
}

// fromFlashRAG replaces the fields of FlashRAG with "_id", "title" and "text". The
// first line of its "contents" is the title, often in quotation marks.
func fromFlashRAG(fields map[string]any) {
	contents, ok := fields["contents"].(string)
	if !ok {
		return
	}
	title, text, hasTitle := strings.Cut(content.NormaliseNewlines(contents), "\n")
	if hasTitle && strings.TrimSpace(text) != "" {
		fields["title"], fields["text"] = strings.Trim(title, `" `), text
	} else {
		fields["text"] = contents
	}
	delete(fields, "contents")
	if _, ours := fields["_id"]; !ours {
		fields["_id"] = fields["id"]
		delete(fields, "id")
	}
}

// lineNumbers holds the number of the line in which each _id was. It keeps hashes
// of the ids, because a file may have millions of them.
type lineNumbers struct {
	seed maphash.Seed
	of   map[uint64]uint32 // line numbers by the hash of the _id
}

// add adds an _id with its line number. If the _id is there already, it returns the
// number of its line, and false.
func (l lineNumbers) add(id string, number int) (before uint32, added bool) {
	sum := maphash.String(l.seed, id)
	if before, ok := l.of[sum]; ok {
		return before, false
	}
	l.of[sum] = uint32(number)
	return 0, true
}

// identifier returns the _id of a line as text, or "" if it is missing.
func identifier(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	}
	return "", errors.New(`"_id" is neither text nor a number`)
}

// maxMetadata is the maximum number of bytes of metadata that a document may bring.
// Each of its passages keeps a copy.
const maxMetadata = 32 << 10

// metadata returns the fields of a line other than "title" and "text" as metadata.
func metadata(fields map[string]any) (map[string]any, error) {
	m, size := map[string]any{}, 0
	for k, v := range fields {
		if k == "title" || k == "text" {
			continue
		}
		switch v := v.(type) {
		case string:
			size += len(v)
			m[content.FreeKey(k)] = v
		case json.Number:
			m[content.FreeKey(k)] = content.Number(v.String())
		case bool:
			m[content.FreeKey(k)] = v
		default:
			continue
		}
		size += len(k)
	}
	if size > maxMetadata {
		return nil, fmt.Errorf(`the fields beside "title" and "text" take %d bytes, and at most %d are kept with every passage: leave out fields that no search filters by`, size, maxMetadata)
	}
	return m, nil
}

// renamedIn returns the names of the fields that were kept under another name, such
// as "source" for the key "source_". They are sorted.
func renamedIn(metadata map[string]any) []string {
	var renamed []string
	for _, k := range slices.Sorted(maps.Keys(metadata)) {
		if name, ok := strings.CutSuffix(k, "_"); ok && retrieval.IsTaken(name) {
			renamed = append(renamed, name)
		}
	}
	return renamed
}
