package setup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/internal/models"
)

// checkEmbedder loads the embedder of the settings and measures its speed.
func checkEmbedder(ctx context.Context, parts *wire.Parts) part {
	name := parts.NewEmbedder()
	p := part{Name: "embedder", Version: name}
	if name == config.NoEmbedder {
		p.Found = true
		p.Speed = "none: lexical search only"
		return p
	}
	e, err := parts.Embedder(ctx, name, nil)
	if err != nil {
		p.Remedy = err.Error()
		return p
	}
	const n = 8
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("Passage %d: the office opens at eight and closes at seven, and the last one out sets the alarm.", i)
	}
	begin := time.Now()
	if _, err := e.EmbedDocuments(ctx, texts); err != nil {
		p.Remedy = err.Error()
		return p
	}
	p.Found = true
	p.Speed = fmt.Sprintf("%d dimensions; %s; %.0f short passages/s", e.Spec().Dimensions, wire.LanguagesOf(e.Spec()), n/time.Since(begin).Seconds())
	if local, ok := e.(interface{ Dir() string }); ok {
		p.Address = local.Dir()
		if size, err := folderSize(local.Dir()); err == nil {
			p.Address += fmt.Sprintf(" (%d MB)", size>>20)
		}
		p.Weights = weightsIn(local.Dir())
	}
	return p
}

// weightsIn returns the recorded origin of the weights in a folder, or "" if
// there is no record. The same embedder name can stand for different weights,
// and only their origin shows which ones are there.
func weightsIn(dir string) string {
	origin, err := models.OriginOf(dir)
	switch {
	case errors.Is(err, models.ErrNotThere):
		return ""
	case err != nil:
		return err.Error()
	}
	return origin.String()
}

// folderSize returns the total size of a folder's files in bytes.
func folderSize(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}
