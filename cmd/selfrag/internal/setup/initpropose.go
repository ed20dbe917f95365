package setup

import (
	"context"
	"errors"

	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/internal/machine"
	"selfrag/internal/models"
	"selfrag/ollama"
)

// propose examines the machine and the installed models, and returns what init
// proposes.
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

// room returns the memory that models can use. It is what --memory and --card
// give, or else what was found. room also records the values of these options
// in p. The memory of an Ollama server on another machine is not known, and
// room then returns the zero Room.
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
			// On Apple machines the card can use about two thirds of the shared
			// memory.
			room.Card = room.Memory * 2 / 3
		}
	}
	return room
}

// lookAtOllama returns what can be found out about the Ollama server and its
// models. It does not wait for a server that is just starting, because the user
// can run init again.
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
	// An old server cannot list its loaded models. It counts as a server
	// without a card.
	if loaded, err := client.Loaded(ctx); err == nil {
		for _, m := range loaded {
			there.Card = there.Card || m.VRAM > 0
		}
	}
	return there, ctx.Err()
}
