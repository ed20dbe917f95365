package wire

import (
	"fmt"

	"selfrag/rerank/late"
	"selfrag/rerank/onnx"
)

// device returns the device of local models. Several models may lack a GPU for
// the same reason, which is told once.
func (p *Parts) device() onnx.DeviceConfig {
	return onnx.DeviceConfig{Device: onnx.Device(p.Settings.Device), Warn: func(warning string) {
		if _, told := p.shared.told.LoadOrStore(warning, true); !told {
			fmt.Fprintln(p.warn, warning)
		}
	}}
}

// lateConfig lets late interaction read as many passages at a time as the device
// of its model is worth.
func lateConfig(model late.Model) late.Config {
	if m, ok := model.(interface{ Parallel() int }); ok {
		return late.Config{Workers: m.Parallel()}
	}
	return late.Config{}
}
