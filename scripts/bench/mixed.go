package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Documents of the mixed folder have paragraphsEach paragraphs, but for one in
// oneLonger, which has timesLonger as many: half a megabyte.
const (
	oneLonger   = 20
	timesLonger = 20
)

// printMixed measures one ingestion, without vectors, of files of all kinds in turn that
// together have a number of megabytes of text.
func (s settings) printMixed(ctx context.Context, w io.Writer, megabytesOfText int) error {
	folder := filepath.Join(s.dir, "mixed")
	fmt.Fprintf(s.log, "writing files with %d MB of text\n", megabytesOfText)
	files, written, err := writeMixed(ctx, folder, int64(megabytesOfText)<<20)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.log, "ingesting %d files\n", files)
	t, err := s.ingest("selfrag", folder).run(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%d MB of text in %d files of %d kinds (%s on the disk): %s, processor %s, %.1f MB of text a second, peak memory %s\n",
		megabytesOfText, files, len(kinds()), megabytes(float64(written)), shown(t.wall.Seconds()), shown(t.processor.Seconds()),
		float64(megabytesOfText)/t.wall.Seconds(), megabytes(float64(t.memory)))
	return err
}

// writeMixed writes files of all kinds in turn until they have as many bytes of text. It
// returns how many there are and their bytes on the disk.
func writeMixed(ctx context.Context, folder string, text int64) (files int, written int64, err error) {
	all := kinds()
	names := slices.Sorted(maps.Keys(all))
	for ; text > 0; files++ {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		// The kind changes with each file, and with each round of kinds the one that is longer.
		ext, round := names[files%len(names)], files/len(names)
		paragraphs := paragraphsEach
		if (round+files)%oneLonger == 0 {
			paragraphs *= timesLonger
		}
		document := prose(uint64(files), paragraphs, ext == ".pdf") //nolint:gosec // not negative
		content, err := all[ext](document)
		if err != nil {
			return 0, 0, err
		}
		path := filepath.Join(folder, fmt.Sprintf("%03d", round%100), fmt.Sprintf("report-%06d%s", files, ext))
		if err := writeFile(path, content); err != nil {
			return 0, 0, err
		}
		written += int64(len(content))
		text -= int64(len(strings.Join(document, "\n\n")))
	}
	return files, written, nil
}
