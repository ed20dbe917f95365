//go:build onnx

package onnx

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	ort "github.com/yalue/onnxruntime_go"
)

// session runs one model. It is safe for concurrent use.
//
// On a CPU each run uses one thread. Many texts are encoded with one text per run and
// one run per core, so nothing is padded and no thread waits for another.
// BenchmarkScheme on two cores shared with other programs: 10.4 texts per
// second; one text per run on both cores 6.2; padded batches of 16 on both
// cores 5.1.
type session struct {
	ort    *ort.DynamicAdvancedSession
	inputs []string // the knownInputs that the model has
	blanks padding  // fills up shorter texts
}

func cpuOptions(threads int) (*ort.SessionOptions, error) {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, fmt.Errorf("make session options: %w", err)
	}
	if err := options.SetIntraOpNumThreads(threads); err != nil {
		return nil, errors.Join(fmt.Errorf("set the threads of a run: %w", err), options.Destroy())
	}
	return options, nil
}

// openSession opens a session for an .onnx file.
func openSession(path string, options *ort.SessionOptions) (*session, error) {
	inputs, output, err := signature(path, tokenOutput)
	if err != nil {
		return nil, err
	}
	s, err := ort.NewDynamicAdvancedSession(path, inputs, []string{output}, options)
	if err != nil {
		return nil, fmt.Errorf("load the model %s: %w", path, err)
	}
	return &session{ort: s, inputs: inputs}, nil
}

// openTokens opens a session for an encoder's weights (see tokenGraph).
func openTokens(w, projection *weights, config modelConfig, o graphOptions, options *ort.SessionOptions) (*session, error) {
	model, inputs, err := tokenGraph(w, projection, config, o)
	if err != nil {
		return nil, fmt.Errorf("load the model %s: %w", w.path, err)
	}
	s := &session{inputs: inputs, blanks: padding{config.PadTokenID, config.firstPosition()}}
	if s.ort, err = openGraph(model, w, inputs, vectorsOutput, options); err != nil {
		return nil, fmt.Errorf("load the model %s: %w", w.path, err)
	}
	return s, nil
}

// openGraph opens a session for a graph and the weights that it refers to.
func openGraph(model []byte, w *weights, inputs []string, output string, options *ort.SessionOptions) (*ort.DynamicAdvancedSession, error) {
	if err := options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", filepath.Dir(w.path)); err != nil {
		return nil, fmt.Errorf("name the folder of the weights: %w", err)
	}
	// This optimizer would undo what bertGraph.joined does.
	if err := options.AddSessionConfigEntry("optimization.disable_specified_optimizers", "SkipLayerNormFusion"); err != nil {
		return nil, fmt.Errorf("leave sums apart from norms: %w", err)
	}
	return ort.NewDynamicAdvancedSessionWithONNXData(model, inputs, []string{output}, options)
}

// signature returns the inputs of the model and the output that choose selects.
func signature(path string, choose func([]ort.InputOutputInfo) (string, error)) (inputs []string, output string, err error) {
	// Reading the names loads the model; optimising it for that would waste
	// time.
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, "", fmt.Errorf("make session options: %w", err)
	}
	defer func() { _ = options.Destroy() }()
	if err := options.SetGraphOptimizationLevel(ort.GraphOptimizationLevelDisableAll); err != nil {
		return nil, "", fmt.Errorf("set the optimisation level: %w", err)
	}
	in, out, err := ort.GetInputOutputInfoWithOptions(path, options)
	if err != nil {
		return nil, "", fmt.Errorf("read the model %s: %w", path, err)
	}
	for _, i := range in {
		if !slices.Contains([]string{inputIDs, attentionMask, tokenTypeIDs}, i.Name) {
			return nil, "", fmt.Errorf("the model %s is not a text encoder: it needs an input %q", path, i.Name)
		}
		if i.DataType != ort.TensorElementDataTypeInt64 {
			return nil, "", fmt.Errorf("the model %s is not a known text encoder: its input %q is not int64", path, i.Name)
		}
		inputs = append(inputs, i.Name)
	}
	if !slices.Contains(inputs, inputIDs) {
		return nil, "", fmt.Errorf("the model %s is not a text encoder: it has no input %q", path, inputIDs)
	}
	if output, err = choose(out); err != nil {
		return nil, "", fmt.Errorf("the model %s %w; its outputs: %s", path, err, describe(out))
	}
	return inputs, output, nil
}

// tokenOutput returns the name of the first output with one float32 vector per
// token. Exports name it last_hidden_state, token_embeddings or anything else,
// so the shape decides.
func tokenOutput(outputs []ort.InputOutputInfo) (string, error) {
	for _, o := range outputs {
		if o.OrtValueType == ort.ONNXTypeTensor && o.DataType == ort.TensorElementDataTypeFloat && len(o.Dimensions) == 3 {
			return o.Name, nil
		}
	}
	return "", errors.New("has no output of float32 token vectors [batch, tokens, dimensions]")
}

func describe(infos []ort.InputOutputInfo) string {
	all := make([]string, len(infos))
	for i := range infos {
		all[i] = infos[i].String()
	}
	return strings.Join(all, "; ")
}

// run returns one vector per token of each text. Texts of different lengths are
// padded to the longest.
func (s *session) run(batch ...tokens) ([][][]float32, error) {
	longest := 0
	for _, t := range batch {
		longest = max(longest, len(t.ids))
	}
	inputs, free, err := tensors(s.inputs, batch, longest, s.blanks)
	if err != nil {
		return nil, err
	}
	defer free()
	outputs := []ort.Value{nil}
	if err := s.ort.Run(inputs, outputs); err != nil {
		return nil, fmt.Errorf("run the model (texts: %d, tokens of each: %d): %w", len(batch), longest, err)
	}
	defer func() { _ = outputs[0].Destroy() }()
	tensor, ok := outputs[0].(*ort.Tensor[float32])
	if !ok {
		return nil, fmt.Errorf("the model gave %T, not float32 token vectors", outputs[0])
	}
	got := tensor.GetShape()
	if len(got) != 3 || got[0] != int64(len(batch)) || got[1] != int64(longest) || got[2] < 1 {
		return nil, fmt.Errorf("the model gave token vectors of shape %s for %d texts of %d tokens", got, len(batch), longest)
	}
	out := make([][][]float32, len(batch))
	for i, t := range batch {
		// Copy, because the tensor's memory is freed with the tensor. The vectors
		// of a text share one array.
		width, first := int(got[2]), i*longest*int(got[2])
		numbers := slices.Clone(tensor.GetData()[first : first+len(t.ids)*width])
		if x := float64(numbers[0]); math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("the model gave vectors of %v: its file is broken, or its numbers overflow in this precision", x)
		}
		out[i] = slices.Collect(slices.Chunk(numbers, width))
	}
	return out, nil
}

// padding describes a model's inputs besides the tokens.
type padding struct {
	id            int64 // the token that fills up shorter texts
	firstPosition int64 // position of the first token
}

// tensors creates the named inputs of a batch, [texts, n]. Texts shorter than n
// are padded, and masked where they are padded.
func tensors(names []string, batch []tokens, n int, blanks padding) (inputs []ort.Value, free func(), err error) {
	shape := ort.NewShape(int64(len(batch)), int64(n))
	free = func() {
		for _, v := range inputs {
			_ = v.Destroy()
		}
	}
	for _, name := range names {
		flat := make([]int64, 0, len(batch)*n)
		for _, t := range batch {
			blank := int64(0)
			switch name {
			case inputIDs:
				flat = append(flat, t.ids...)
				blank = blanks.id
			case attentionMask:
				for i := range t.ids {
					read := int64(1)
					if t.masked != nil && t.masked[i] {
						read = 0
					}
					flat = append(flat, read)
				}
			case tokenTypeIDs:
				flat = append(flat, t.types...)
			case positionIDs:
				for i := range t.ids {
					flat = append(flat, blanks.firstPosition+int64(i))
				}
			}
			flat = append(flat, slices.Repeat([]int64{blank}, n-len(t.ids))...)
		}
		tensor, err := ort.NewTensor(shape, flat)
		if err != nil {
			free()
			return nil, nil, fmt.Errorf("make the input %q: %w", name, err)
		}
		inputs = append(inputs, tensor)
	}
	return inputs, free, nil
}

func (s *session) close() error { return s.ort.Destroy() }
