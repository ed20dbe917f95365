package config

import (
	"strings"

	"selfrag/retrieval/ingest"
)

// Splitting returns the part of the settings that says how documents are cut
// into passages.
func (s Settings) Splitting() ingest.Config {
	overlap := s.ChunkOverlap
	if overlap == 0 {
		overlap = ingest.NoOverlap
	}
	return ingest.Config{Split: s.Split, ChunkSize: s.ChunkSize, Overlap: overlap, ParentSize: s.ParentSize, MaxBytes: int64(s.MaxFileMB) << 20}
}

// Hosts returns the hosts of a list separated by commas or spaces.
func Hosts(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
