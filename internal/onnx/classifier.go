//go:build onnx

package onnx

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"path/filepath"

	ort "github.com/yalue/onnxruntime_go"

	"selfrag/internal/half"
	"selfrag/internal/safetensors"
)

// classifier runs a model for sequence classification.
type classifier struct {
	ort    *ort.DynamicAdvancedSession
	inputs []string
	output string
	half   bool    // the output is float16
	labels int64   // 1: a logit of relevance; 2: irrelevant, relevant
	blanks padding // fills up shorter pairs
	alone  bool    // takes one pair per run
}

// openClassifier loads the model on the configured device. It returns the
// device that was chosen.
func openClassifier(cfg CrossEncoderConfig, config modelConfig) (c *classifier, device Device, err error) {
	device, err = cfg.place(func(on Device) error {
		c, err = openOn(on, cfg, config)
		return err
	})
	return c, device, err
}

// openOn builds the model from its weights if possible. Otherwise, or if one is
// selected, it loads an .onnx file.
func openOn(device Device, cfg CrossEncoderConfig, config modelConfig) (*classifier, error) {
	if filepath.Ext(cfg.File) == ".onnx" {
		return openExported(device, cfg, config)
	}
	path := filepath.Join(cfg.Dir, cmp.Or(cfg.File, safetensors.FileName))
	if cfg.File == "" && !cfg.Int8 && !exists(path) {
		return openExported(device, cfg, config)
	}
	if err := requireFile("the model", path, cfg.Remedy); err != nil {
		return nil, err
	}
	c, err := openBuilt(device, path, cfg, config)
	if errors.Is(err, errNotBuildable) && cfg.File == "" && !cfg.Int8 {
		if exported, also := openExported(device, cfg, config); also == nil {
			return exported, nil
		}
	}
	return c, err
}

// openBuilt builds the model's graph from its weights. On a CPU pairs run one
// by one, so no mask is needed.
func openBuilt(device Device, path string, cfg CrossEncoderConfig, config modelConfig) (*classifier, error) {
	w, err := readWeights(path)
	if err != nil {
		return nil, err
	}
	c := &classifier{output: "logits", blanks: padding{config.PadTokenID, config.firstPosition()}, alone: device == CPU}
	var model []byte
	if model, c.inputs, c.labels, err = classifierGraph(w, config, graphFor(device, cfg.Int8)); err != nil {
		return nil, fmt.Errorf("load the model %s: %w", path, err)
	}
	err = cfg.with(device, func(options *ort.SessionOptions) error {
		c.ort, err = openGraph(model, w, c.inputs, c.output, options)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load the model %s: %w", path, err)
	}
	return c, nil
}

// openExported loads an .onnx file unchanged.
func openExported(device Device, cfg CrossEncoderConfig, config modelConfig) (*classifier, error) {
	path, err := modelFile(cfg.Dir, cfg.File, cfg.Remedy)
	if err != nil {
		return nil, err
	}
	c := &classifier{blanks: padding{id: config.PadTokenID}}
	if c.inputs, c.output, err = signature(path, c.chooseOutput); err != nil {
		return nil, err
	}
	err = cfg.with(device, func(options *ort.SessionOptions) error {
		c.ort, err = ort.NewDynamicAdvancedSession(path, c.inputs, []string{c.output}, options)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load the model %s: %w", path, err)
	}
	return c, nil
}

// chooseOutput finds the logits, [batch, labels].
func (c *classifier) chooseOutput(outputs []ort.InputOutputInfo) (string, error) {
	for _, o := range outputs {
		if o.OrtValueType != ort.ONNXTypeTensor || len(o.Dimensions) != 2 {
			continue
		}
		switch o.DataType {
		case ort.TensorElementDataTypeFloat:
		case ort.TensorElementDataTypeFloat16:
			c.half = true
		default:
			continue
		}
		if c.labels = o.Dimensions[1]; c.labels > 2 {
			return "", fmt.Errorf("has %d labels, where a cross-encoder has one, or two: irrelevant and relevant", c.labels)
		}
		return o.Name, nil
	}
	return "", errors.New("has no output of logits [batch, labels]")
}

// run returns one raw score per pair.
func (c *classifier) run(batch []Pair) ([]float64, error) {
	if c.alone && len(batch) > 1 {
		var scores []float64
		for i := range batch {
			score, err := c.run(batch[i : i+1])
			if err != nil {
				return nil, err
			}
			scores = append(scores, score...)
		}
		return scores, nil
	}
	longest := 0
	all := make([]tokens, len(batch))
	for i, p := range batch {
		all[i] = p.tokens
		longest = max(longest, p.Len())
	}
	inputs, free, err := tensors(c.inputs, all, longest, c.blanks)
	if err != nil {
		return nil, err
	}
	defer free()
	logits, err := c.logits(inputs, len(batch))
	if err != nil {
		return nil, fmt.Errorf("run the model (pairs: %d, tokens of each: %d): %w", len(batch), longest, err)
	}
	scores := make([]float64, len(batch))
	width := len(logits) / len(batch)
	for i := range scores {
		row := logits[i*width : (i+1)*width]
		scores[i] = row[0]
		if width == 2 {
			// The sigmoid of the difference is the softmax of the second label.
			scores[i] = row[1] - row[0]
		}
		if math.IsNaN(scores[i]) || math.IsInf(scores[i], 0) {
			return nil, fmt.Errorf("the model scored a pair %v: its file is broken, or its numbers overflow in this precision", scores[i])
		}
	}
	return scores, nil
}

// logits runs the model and returns the rows of its output, concatenated.
func (c *classifier) logits(inputs []ort.Value, pairs int) ([]float64, error) {
	if c.half {
		return c.halfLogits(inputs, pairs)
	}
	outputs := []ort.Value{nil}
	if err := c.ort.Run(inputs, outputs); err != nil {
		return nil, err
	}
	defer func() { _ = outputs[0].Destroy() }()
	tensor, ok := outputs[0].(*ort.Tensor[float32])
	if !ok {
		return nil, fmt.Errorf("the model gave %T, not float32 logits", outputs[0])
	}
	shape := tensor.GetShape()
	if len(shape) != 2 || shape[0] != int64(pairs) || shape[1] < 1 || shape[1] > 2 {
		return nil, fmt.Errorf("the model gave logits of shape %s for %d pairs", shape, pairs)
	}
	out := make([]float64, len(tensor.GetData()))
	for i, x := range tensor.GetData() {
		out[i] = float64(x)
	}
	return out, nil
}

// halfLogits allocates the model's float16 output, because the binding cannot
// allocate that type.
func (c *classifier) halfLogits(inputs []ort.Value, pairs int) ([]float64, error) {
	width := max(c.labels, 1)
	data := make([]byte, 2*int64(pairs)*width)
	tensor, err := ort.NewCustomDataTensor(ort.NewShape(int64(pairs), width), data, ort.TensorElementDataTypeFloat16)
	if err != nil {
		return nil, fmt.Errorf("make the output: %w", err)
	}
	defer func() { _ = tensor.Destroy() }()
	if err := c.ort.Run(inputs, []ort.Value{tensor}); err != nil {
		return nil, err
	}
	out := make([]float64, len(data)/2)
	for i := range out {
		out[i] = half.Float(binary.LittleEndian.Uint16(data[2*i:]))
	}
	return out, nil
}

func (c *classifier) close() error { return c.ort.Destroy() }
