package setup

import (
	"context"
	"os"
	"strings"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/internal/models"
	"selfrag/internal/onnx"
	"selfrag/retrieval/embed"
)

// ollamaEmbedder is the embedder that init proposes for a program without ONNX.
// Unlike the default embedder of such a program, it supports Korean.
const ollamaEmbedder = "bge-m3"

func (a *initRun) proposeEmbedder(ctx context.Context, p *proposal, room models.Room, shelf *library) (choice, error) {
	if from := a.settings.Origin("embedder"); from != "default" && a.settings.Embedder != "auto" {
		return choice{Name: a.settings.Embedder, There: true, Kept: from}, nil
	}
	m, err := models.Find(ollamaEmbedder)
	if onnx.Built {
		m, err = models.Find(strings.TrimSuffix(embed.DefaultONNXModel, "#int8"))
	}
	if err != nil {
		return choice{}, err
	}
	c := choice{Name: m.Name, Size: m.Size, Languages: m.Languages, Licence: m.Licence}
	if onnx.Built {
		store, err := wire.ModelStore(a.getenv)
		if err != nil {
			return choice{}, err
		}
		c.Setting = "auto"
		switch {
		case store.Has(m.Name):
			c.There = true
		case hubReached(ctx, a.getenv("HF_ENDPOINT")):
			c.From = fromHub
		case a.packages(ctx):
			c.From = fromPackages
		default:
			return choice{Name: config.NoEmbedder, Setting: config.NoEmbedder, There: true, Lacking: m.Name}, nil
		}
		return c, nil
	}
	c.Setting = "ollama/" + m.Name
	if info, there := p.Ollama.has(m.Name); there {
		c.There, c.Size = true, info.Size
	} else if c.Size = 1200 << 20; p.Ollama.Found && (room.Memory == 0 || room.Memory >= c.Size+wire.BesidesModel) && shelf.has(ctx, m.Name) {
		c.From, c.Size = fromOllama, max(shelf.sizeOf(m.Name), c.Size)
	} else {
		return choice{Name: config.NoEmbedder, Setting: config.NoEmbedder, There: true, Lacking: "ollama/" + m.Name}, nil
	}
	return c, nil
}

// proposeReranker proposes the reranker "late", which needs no model besides
// the embedder. If the proposed embedder cannot be used for it, proposeReranker
// proposes "none".
func (a *initRun) proposeReranker(p *proposal) choice {
	if from := a.settings.Origin("rerank"); from != "default" && a.settings.Reranker != "auto" {
		return choice{Name: a.settings.Reranker, There: true, Kept: from}
	}
	c := choice{Name: "none", Setting: "auto", There: true}
	if onnx.Built && p.Embedder.Name != config.NoEmbedder {
		c.Name, c.Languages, c.Licence = "late", p.Embedder.Languages, p.Embedder.Licence
	}
	return c
}

// madeByOthers reports whether some collection was made by an embedder other
// than the one in setting, such as "ollama/bge-m3". Such a collection cannot be
// searched with the embedder in setting. So init then writes "auto", with which
// each collection is searched with the embedder that made it.
func (a *initRun) madeByOthers(ctx context.Context, setting string) (bool, error) {
	if a.settings.Store == config.StoreSQLite {
		// Do not create a store only to look for collections.
		if _, err := os.Stat(a.settings.Database()); err != nil {
			return false, nil //nolint:nilerr // there are no collections
		}
	}
	db, err := a.parts.Store(ctx)
	if err != nil {
		return false, err
	}
	infos, err := db.Collections(ctx)
	if err != nil {
		return false, err
	}
	for _, info := range infos {
		if info.Embedder.Model != setting {
			return true, nil
		}
	}
	return false, nil
}
