package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// paragraphsEach is the number of paragraphs of a document, which has about 25 kB then,
// like a report of ten pages.
const paragraphsEach = 60

// ingestRows are ingestions of the same text in each kind of file, without vectors,
// so that reading, cutting, indexing and storing is what takes the time. The floor is
// the same text as plain text. The peers only print the text; they store nothing.
func ingestRows(s settings) ([]row, error) {
	all := kinds()
	var rows []row
	for _, ext := range slices.Sorted(maps.Keys(all)) {
		name := "ingest " + ext[1:]
		if !s.only.MatchString(name) {
			continue
		}
		latin := ext == ".pdf"
		files, err := s.writeKind(ext, all[ext], latin)
		if err != nil {
			return nil, err
		}
		r := row{name: name, count: s.documents, unit: "files", sides: []side{s.ingest("selfrag", filepath.Dir(files[0]))}}
		if ext != ".txt" {
			plain, err := s.writeKind(".txt", all[".txt"], latin)
			if err != nil {
				return nil, err
			}
			r.sides = append(r.sides, s.ingest("floor: as plain text", filepath.Dir(plain[0])))
		}
		rows = append(rows, s.withReader(r, ext, files))
	}
	return rows, nil
}

// withReader adds the program of other people that prints the text of a kind.
func (s settings) withReader(r row, ext string, files []string) row {
	switch poppler := installed("pdftotext"); {
	case ext == ".pdf" && poppler != "":
		loop := `for f; do "$0" -q -enc UTF-8 "$f" - >/dev/null || exit 1; done`
		r.sides = append(r.sides, command("pdftotext", nil, append([]string{"sh", "-c", loop, poppler}, files...)...))
	case ext == ".hwpx" && s.hangul != "":
		code := "import sys, unhwp\nfor f in sys.argv[1:]: unhwp.extract_text(f)"
		r.sides = append(r.sides, command("unhwp", nil, append([]string{s.hangul, "-c", code}, files...)...))
	case ext == ".pdf" || ext == ".hwpx":
		fmt.Fprintf(s.log, "%s: the peer is not installed, so it is left out\n", r.name)
	}
	return r
}

// ingest is a side that ingests a folder into a new collection.
func (s settings) ingest(name, folder string) side {
	data := filepath.Join(s.dir, "ingest")
	return command(name, emptied(data), s.selfrag, "ingest", folder, "--embedder", "none", "--data-dir", data)
}

// writeKind writes the documents as files of a kind, and returns their paths.
func (s settings) writeKind(ext string, write func([]string) ([]byte, error), latin bool) ([]string, error) {
	folder := filepath.Join(s.dir, fmt.Sprintf("files%s-%t", ext, latin))
	var paths []string
	for i := range s.documents {
		content, err := write(prose(uint64(i), paragraphsEach, latin)) //nolint:gosec // not negative
		if err != nil {
			return nil, err
		}
		path := filepath.Join(folder, fmt.Sprintf("report-%02d%s", i, ext))
		if err := writeFile(path, content); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// writeFile writes a file to measure with, and makes the folders above it.
func writeFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make a folder of files: %w", err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return fmt.Errorf("write a file: %w", err)
	}
	return nil
}
