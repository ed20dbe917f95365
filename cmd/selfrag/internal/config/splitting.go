package config

import (
	"strings"

	"selfrag/retrieval/ingest"
)

// Splitting is how documents are cut into passages by the settings.
func (s Settings) Splitting() ingest.Config {
	overlap := s.ChunkOverlap
	if overlap == 0 {
		overlap = ingest.NoOverlap
	}
	return ingest.Config{Split: s.Split, ChunkSize: s.ChunkSize, Overlap: overlap, ParentSize: s.ParentSize}
}

// Hosts are those of a list with commas or spaces between.
func Hosts(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
