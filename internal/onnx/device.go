package onnx

import "strings"

// DeviceConfig selects the device of a model. Its zero value is a GPU if one
// works, and the CPU otherwise.
type DeviceConfig struct {
	Device   Device // Auto
	DeviceID int    // which GPU; 0 is the first
	// MaxGPUMemory limits the GPU memory of ONNX Runtime in bytes; 0 means no
	// limit.
	MaxGPUMemory int64
	// Warn, if not nil, is called once with a sentence about what Auto did
	// without.
	Warn func(string)
}

// Device is the device that a model runs on.
type Device string

// The devices.
const (
	Auto Device = "auto" // a GPU if it works, otherwise the CPU with one warning
	CPU  Device = "cpu"
	CUDA Device = "cuda" // a GPU or an error
)

// DeviceError says that the required device is not available.
type DeviceError struct {
	Device Device
	Err    error
}

func (e *DeviceError) Error() string {
	return "the device " + string(e.Device) + " cannot be used: " + strings.TrimRight(e.Err.Error(), ".") +
		": it takes an NVIDIA driver and the GPU build of ONNX Runtime (the Python package onnxruntime-gpu holds it; set SELFRAG_ONNXRUNTIME to its library), or use --device cpu"
}

// Unreachable reports that the part cannot be used.
func (e *DeviceError) Unreachable() bool { return true }

// Unwrap returns the cause.
func (e *DeviceError) Unwrap() error { return e.Err }
