package setup

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/fault"
	"selfrag/internal/onnx"
	"selfrag/ollama"
)

// part holds doctor's report on one part, such as the model or the store.
type part struct {
	Name    string `json:"part"`
	Found   bool   `json:"found"`
	Version string `json:"version,omitempty"`
	Address string `json:"address,omitempty"`
	Weights string `json:"weights,omitempty"` // digest and origin of a local model's weights
	Speed   string `json:"speed,omitempty"`
	Remedy  string `json:"remedy,omitempty"`
}

// Doctor checks the parts of the settings one after the other and prints the
// results.
func Doctor(ctx context.Context, parts *wire.Parts, io term.Streams, getenv func(string) string, asJSON bool) error {
	checks := []func(context.Context, *wire.Parts) part{checkStore}
	if onnx.Built { // a program without it lacks nothing, and the embedder is checked in any case
		checks = append(checks, checkONNXRuntime)
	}
	checks = append(checks, checkEmbedder)
	if needsOllama(parts) {
		checks = append(checks, checkOllama)
	}
	checks = append(checks, checkModel, func(ctx context.Context, _ *wire.Parts) part { return CheckTraces(ctx, parts.Settings, getenv) })
	var found []part
	missing := 0
	for _, check := range checks {
		p := check(ctx, parts)
		if ctx.Err() != nil {
			return fmt.Errorf("check the parts: %w", ctx.Err())
		}
		if !p.Found {
			missing++
		}
		found = append(found, p)
		if !asJSON {
			printPart(io.Out, p)
		}
	}
	if asJSON {
		if err := io.JSON(found); err != nil {
			return err
		}
	}
	if missing > 0 {
		return fault.Unreachablef("%d of %d parts are missing; see above for what to do", missing, len(found))
	}
	return nil
}

func printPart(w io.Writer, p part) {
	s := term.StyleFor(w)
	state := s.Good("found  ")
	if !p.Found {
		state = s.Bad("missing")
	}
	fmt.Fprintf(w, "%s  %-14s %s\n", state, p.Name, p.Version)
	weights := ""
	if p.Weights != "" {
		weights = "weights: " + p.Weights
	}
	for _, line := range []string{p.Address, weights, p.Speed, p.Remedy} {
		if line != "" {
			fmt.Fprintf(w, "         %-14s %s\n", "", line)
		}
	}
}

func checkStore(ctx context.Context, parts *wire.Parts) part {
	if parts.Settings.Store == config.StoreMilvus {
		return checkMilvus(ctx, parts)
	}
	p := part{Name: "store", Version: "SQLite", Address: parts.Settings.Database()}
	begin := time.Now()
	db, err := parts.Store(ctx)
	if err != nil {
		p.Remedy = err.Error() + "; choose another folder with --data-dir"
		return p
	}
	infos, err := db.Collections(ctx)
	if err != nil {
		p.Remedy = err.Error()
		return p
	}
	p.Found = true
	p.Speed = fmt.Sprintf("opened in %d ms; %d collections", time.Since(begin).Milliseconds(), len(infos))
	p.Remedy = wire.AdviseCollections(infos)
	return p
}

func checkMilvus(ctx context.Context, parts *wire.Parts) part {
	p := part{Name: "store", Version: "Milvus", Address: parts.Settings.MilvusAddress}
	begin := time.Now()
	db, err := parts.Milvus(ctx)
	if err != nil {
		p.Remedy = err.Error()
		return p
	}
	p.Version = "Milvus " + db.Version()
	infos, err := db.Collections(ctx)
	if err != nil {
		p.Remedy = err.Error()
		return p
	}
	p.Found = true
	p.Speed = fmt.Sprintf("answered in %d ms; %d collections", time.Since(begin).Milliseconds(), len(infos))
	if !db.HasLexical() {
		p.Speed += "; vectors only: lexical search needs 2.4 or newer"
	}
	p.Remedy = wire.AdviseCollections(infos)
	return p
}

func checkONNXRuntime(context.Context, *wire.Parts) part {
	p := part{Name: "ONNX Runtime"}
	var err error
	if p.Version, p.Address, err = onnx.Version(""); err != nil {
		p.Remedy = err.Error()
		return p
	}
	p.Found = true
	return p
}

// needsOllama reports whether Ollama provides the model or the embedder of the
// settings.
func needsOllama(parts *wire.Parts) bool {
	return !strings.HasPrefix(parts.Settings.Model, wire.OpenAIModels) || strings.HasPrefix(parts.NewEmbedder(), "ollama/")
}

func checkOllama(ctx context.Context, parts *wire.Parts) part {
	p := part{Name: "Ollama"}
	client, err := parts.Ollama(ollama.Config{})
	if err != nil {
		p.Remedy = err.Error()
		return p
	}
	defer client.Close()
	p.Address = client.Address()
	begin := time.Now()
	if p.Version, err = client.Version(ctx); err != nil {
		p.Remedy = err.Error() + ". `selfrag init` proposes models that suit this machine"
		return p
	}
	p.Found = true
	p.Speed = fmt.Sprintf("answered in %d ms", time.Since(begin).Milliseconds())
	return p
}

// checkModel loads the language model and measures the time of a prompt and an
// answer.
func checkModel(ctx context.Context, parts *wire.Parts) part {
	p := part{Name: "language model", Version: cmp.Or(parts.Settings.Model, "(the best installed one that suits this machine)")}
	model, err := parts.Model(ctx)
	if err != nil {
		p.Remedy = err.Error()
		return p
	}
	p.Version = model.Model()
	p.Address = model.Address()
	begin := time.Now()
	resp, err := model.GenerateContent(ctx,
		[]llms.MessageContent{llms.TextParts(llms.ChatMessageTypeHuman, "Count from one to twenty in words.")}, llms.WithMaxTokens(24))
	if err != nil {
		p.Remedy = err.Error()
		return p
	}
	p.Speed = speed(resp.Choices[0].GenerationInfo, time.Since(begin))
	tried, err := tryModel(ctx, model)
	p.Speed += "; " + strings.Join(tried, "; ")
	if p.Found = err == nil; err != nil {
		p.Remedy = err.Error()
	}
	return p
}

// speed returns a text with the speed of an answer. It uses the model's own
// counters or, if there are none, the time that the answer took.
func speed(info map[string]any, took time.Duration) string {
	if _, timed := info["EvalDuration"]; !timed {
		n, _ := info["CompletionTokens"].(int)
		return fmt.Sprintf("%d tokens written in %d ms", n, took.Milliseconds())
	}
	return fmt.Sprintf("%.0f prompt tokens/s, %.0f tokens/s written", rate(info, "PromptTokens", "PromptEvalDuration"), rate(info, "CompletionTokens", "EvalDuration"))
}

// rate returns tokens per second, computed from the model's own counters.
func rate(info map[string]any, tokens, duration string) float64 {
	n, _ := info[tokens].(int)
	ns, _ := info[duration].(int64)
	return float64(n) / max(time.Duration(ns).Seconds(), 1e-9)
}
