package setup

import (
	"context"
	"strings"

	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/internal/models"
	"selfrag/internal/parts"
)

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
			if parts.HasLanguage(m.Name) {
				return !p.Library && (o.printModel || p.Ollama.Found && a.packages(ctx))
			}
			return (p.Ollama.Found || o.printModel) && shelf.has(ctx, m.Name)
		})
	if own := wire.ChooseModel(p.Ollama.models, room.Memory); ok && own != "" {
		// own is a model that the user has already installed. Propose it
		// instead of the download of known, if the tables of models do not list
		// own and own has at least three quarters of the size of known.
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
	// Propose the model that the command ask would choose.
	if name := wire.ChooseModel(p.Ollama.models, room.Memory); name != "" {
		return a.languageChoice(p, models.Language{Name: name}, "")
	}
	return choice{}
}

// languageChoice returns a language model as a choice. If the model is not
// installed and init cannot fetch it, Setting stays empty. The command ask then
// chooses the best installed model.
func (a *initRun) languageChoice(p *proposal, m models.Language, kept string) choice {
	c := choice{Name: m.Name, Size: m.Download, Languages: m.Languages, Licence: m.Licence, Kept: kept}
	if info, there := p.Ollama.has(m.Name); there {
		c.There, c.Size = true, info.Size
	} else if p.Ollama.Found && parts.HasLanguage(m.Name) && !p.Library {
		c.From = fromPackages
	} else if p.Ollama.Found {
		c.From = fromOllama
	}
	if c.There || c.From != "" {
		c.Setting = setUnlessKept(c.Name, kept)
	}
	return c
}

// setUnlessKept returns the value to write to the file. It returns "" if the
// user has set the value elsewhere, such as in the environment; kept names that
// place.
func setUnlessKept(value, kept string) string {
	if kept != "" {
		return ""
	}
	return value
}
