package setup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/internal/machine"
	"selfrag/internal/models"
	"selfrag/internal/onnx"
	"selfrag/ollama"
	"selfrag/retrieval/embed"
)

// proposal is what init found and proposes, and in the end did.
type proposal struct {
	Machine  machine.Machine `json:"machine"`
	Ollama   ollamaThere     `json:"ollama"`
	Library  bool            `json:"library"` // Ollama's library can be reached
	Model    choice          `json:"model"`
	Embedder choice          `json:"embedder"`
	Reranker choice          `json:"rerank"`
	File     string          `json:"file"`
	There    bool            `json:"file_there"` // before
	Fetched  []string        `json:"fetched,omitempty"`
	Written  bool            `json:"written"`
	Copy     string          `json:"copy,omitempty"` // of what the file held before
}

// ollamaThere is what is known of the Ollama server.
type ollamaThere struct {
	Found   bool   `json:"found"`
	Address string `json:"address"`
	Version string `json:"version,omitempty"`
	// Elsewhere reports whether it is another machine, whose memory is not known.
	Elsewhere bool `json:"elsewhere,omitempty"`
	// Card reports whether it has a model on a graphics card now.
	Card bool `json:"card,omitempty"`

	models []ollama.ModelInfo
}

// choice is one model of a proposal.
type choice struct {
	Name      string `json:"name"`    // empty: none suits or can be had
	Setting   string `json:"setting"` // what selfrag.yaml will hold; empty: nothing
	There     bool   `json:"there"`
	Size      int64  `json:"size,omitempty"` // bytes to fetch, or on disk; 0: not known
	Languages string `json:"languages,omitempty"`
	Licence   string `json:"licence,omitempty"`
	// From is who has it: ollama (its library), hub (Hugging Face), or the script
	// that makes it ready; empty where it is not to be fetched.
	From string `json:"from,omitempty"`
	// Kept says which setting of the user's chose it, as in "environment SELFRAG_MODEL".
	Kept string `json:"kept,omitempty"`
	// Lacking is the model that would be better and cannot be had now.
	Lacking string `json:"lacking,omitempty"`
}

const (
	fromOllama = "ollama"
	fromHub    = "hub"
)

// fetch reports whether init itself has to fetch it.
func (c *choice) fetch() bool { return !c.There && (c.From == fromOllama || c.From == fromHub) }

// values are the settings to write.
func (p *proposal) values() []keyValue {
	var list []keyValue
	for _, kv := range []keyValue{{"model", p.Model.Setting}, {"embedder", p.Embedder.Setting}, {"rerank", p.Reranker.Setting}} {
		if kv.value != "" {
			list = append(list, kv)
		}
	}
	return list
}

// has reports whether the server has a model, by any way to write its name.
func (o *ollamaThere) has(name string) (ollama.ModelInfo, bool) {
	for _, m := range o.models {
		if strings.EqualFold(m.Name, name) || strings.EqualFold(m.Name, name+":latest") {
			return m, true
		}
	}
	return ollama.ModelInfo{}, false
}

// propose looks at the machine and what there is, and chooses.
func (a *initRun) propose(ctx context.Context, o *Init) (*proposal, error) {
	p := &proposal{Machine: machine.Look(ctx)}
	var err error
	if p.Ollama, err = a.lookAtOllama(ctx); err != nil {
		return nil, err
	}
	room := o.room(p)
	shelf := newLibrary(o.library)
	p.Library = shelf.reached(ctx)
	p.Model = a.proposeModel(ctx, o, p, room, shelf)
	if p.Embedder, err = a.proposeEmbedder(ctx, p, room, shelf); err != nil {
		return nil, err
	}
	if set := p.Embedder.Setting; set != "" && set != "auto" {
		others, err := a.madeByOthers(ctx, set)
		if err != nil {
			return nil, err
		}
		if others {
			p.Embedder.Setting = "auto"
		}
	}
	p.Reranker = a.proposeReranker(p)
	return p, ctx.Err()
}

// room is what there is for models: as the user says, else as it was found.
// What another machine has is not known.
func (o *Init) room(p *proposal) models.Room {
	if o.memory >= 0 {
		p.Machine.Memory, p.Ollama.Elsewhere = int64(o.memory*1e9), false
	}
	if o.card >= 0 {
		p.Machine.GPU, p.Ollama.Card = nil, false
		if o.card > 0 {
			p.Machine.GPU = &machine.GPU{Name: "--card", Memory: int64(o.card * 1e9)}
		}
	}
	if p.Ollama.Elsewhere {
		return models.Room{}
	}
	room := models.Room{Memory: p.Machine.Memory}
	if gpu := p.Machine.GPU; gpu != nil {
		room.Card = gpu.Memory
		if gpu.Shared {
			// Apple lets a card have about two thirds of a memory that it shares.
			room.Card = room.Memory * 2 / 3
		}
	}
	return room
}

// lookAtOllama does not wait for a server that is just being started: nothing
// is lost by running init again.
func (a *initRun) lookAtOllama(ctx context.Context) (ollamaThere, error) {
	client, err := a.parts.Ollama(ollama.Config{Retries: -1})
	if err != nil {
		return ollamaThere{}, err
	}
	defer client.Close()
	there := ollamaThere{Address: client.Address(), Elsewhere: !wire.OnThisMachine(client.Address())}
	version, err := client.Version(ctx)
	if err != nil {
		if away := (*ollama.UnreachableError)(nil); errors.As(err, &away) {
			return there, nil
		}
		return there, err
	}
	there.Found, there.Version = true, version
	if there.models, err = client.Models(ctx); err != nil {
		return there, err
	}
	// A server too old to say what it has loaded says nothing of a card.
	if loaded, err := client.Loaded(ctx); err == nil {
		for _, m := range loaded {
			there.Card = there.Card || m.VRAM > 0
		}
	}
	return there, ctx.Err()
}

func (a *initRun) proposeModel(ctx context.Context, o *Init, p *proposal, room models.Room, shelf *library) choice {
	name, kept := o.model, ""
	if from := a.settings.Origin("model"); name == "" && a.settings.Model != "" &&
		(!strings.HasPrefix(from, "file ") || strings.HasPrefix(a.settings.Model, wire.OpenAIModels)) {
		name, kept = a.settings.Model, from
	}
	if strings.HasPrefix(name, wire.OpenAIModels) {
		return choice{Name: name, Setting: setUnlessKept(name, kept), There: true, Kept: kept}
	}
	if name != "" {
		known, _ := models.FindLanguage(name)
		known.Name = name
		return a.languageChoice(p, known, kept)
	}
	known, ok := models.ProposeLanguage(room,
		func(m models.Language) bool { _, there := p.Ollama.has(m.Name); return there },
		func(m models.Language) bool {
			if m.Script != "" {
				return !p.Library && (o.printModel || scriptIsHere(m.Script))
			}
			return (p.Ollama.Found || o.printModel) && shelf.has(ctx, m.Name)
		})
	if own := wire.ChooseModel(p.Ollama.models, room.Memory); ok && own != "" {
		// The user has fetched a model that nobody listed, and of about that size.
		_, listed := models.FindLanguage(own)
		_, there := p.Ollama.has(known.Name)
		if info, _ := p.Ollama.has(own); !listed && !there && 4*info.Size >= 3*known.Download {
			return a.languageChoice(p, models.Language{Name: own}, "")
		}
	}
	if ok {
		c := a.languageChoice(p, known, "")
		if size := shelf.sizeOf(known.Name); size > 0 && !c.There {
			c.Size = size
		}
		return c
	}
	// What ask would take.
	if name := wire.ChooseModel(p.Ollama.models, room.Memory); name != "" {
		return a.languageChoice(p, models.Language{Name: name}, "")
	}
	return choice{}
}

// languageChoice is a language model as a choice. Nothing is set that is not
// there and that init cannot fetch: ask then takes the best that there is.
func (a *initRun) languageChoice(p *proposal, m models.Language, kept string) choice {
	c := choice{Name: m.Name, Size: m.Download, Languages: m.Languages, Licence: m.Licence, Kept: kept}
	if info, there := p.Ollama.has(m.Name); there {
		c.There, c.Size = true, info.Size
	} else if m.Script != "" && !p.Library {
		c.From = m.Script
	} else if p.Ollama.Found {
		c.From = fromOllama
	}
	if c.There || c.From == fromOllama {
		c.Setting = setUnlessKept(c.Name, kept)
	}
	return c
}

// setUnlessKept leaves out of the file what the environment sets.
func setUnlessKept(value, kept string) string {
	if kept != "" {
		return ""
	}
	return value
}

func scriptIsHere(script string) bool {
	_, err := os.Stat(filepath.FromSlash(script))
	return err == nil
}

// ollamaEmbedder is what a program without ONNX gets: unlike its default it knows
// Korean.
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
		case scriptIsHere("scripts/" + m.Name):
			c.From = "scripts/" + m.Name
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

// proposeReranker takes the one that needs nothing besides the embedder.
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

// madeByOthers reports whether a collection was made by another embedder, which
// could not be searched if the file named one: "auto" searches each by its own.
func (a *initRun) madeByOthers(ctx context.Context, setting string) (bool, error) {
	if a.settings.Store == config.StoreSQLite {
		// A store that is not there yet is not made for this.
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
