//go:build onnx

package onnx

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	ort "github.com/yalue/onnxruntime_go"
)

// place opens a model on the configured device and returns that device. Auto
// tries a GPU first.
func (c DeviceConfig) place(open func(Device) error) (Device, error) {
	if c.Device != CPU {
		err := c.tryCUDA()
		if err == nil {
			err = open(CUDA)
		}
		if err == nil {
			return CUDA, nil
		}
		var missing *MissingError
		if errors.As(err, &missing) {
			return "", err // it would be missing on a CPU too
		}
		if c.Device == CUDA {
			return "", &DeviceError{CUDA, err}
		}
		// A machine without a GPU loses nothing by a build without CUDA.
		if c.Warn != nil && (!errors.Is(err, errNoCUDA) || hasGPU()) {
			c.Warn("No GPU is used: " + strings.TrimRight(err.Error(), ".") + ".")
		}
	}
	return CPU, open(CPU)
}

// with calls open with the options of a session on a device, with one thread
// per run on the CPU (see session).
func (c DeviceConfig) with(device Device, open func(*ort.SessionOptions) error) error {
	options, err := cpuOptions(1)
	if err != nil {
		return err
	}
	defer func() { _ = options.Destroy() }()
	if device == CUDA {
		if err := c.appendCUDA(options); err != nil {
			return err
		}
	}
	return open(options)
}

var errNoCUDA = errors.New("this build of ONNX Runtime has no CUDA: set SELFRAG_ONNXRUNTIME to the library in the Python package onnxruntime-gpu")

// tryCUDA finds out whether sessions can run on a GPU, before a model is read.
func (c DeviceConfig) tryCUDA() error {
	return c.with(CUDA, func(*ort.SessionOptions) error { return nil })
}

// hasGPU reports whether NVIDIA's driver is running, by its device file.
func hasGPU() bool {
	_, err := os.Stat("/dev/nvidiactl")
	return err == nil
}

func (c DeviceConfig) appendCUDA(options *ort.SessionOptions) error {
	cuda, err := ort.NewCUDAProviderOptions()
	if err != nil {
		return fmt.Errorf("%w: %w", errNoCUDA, err)
	}
	defer func() { _ = cuda.Destroy() }()
	set := map[string]string{"device_id": strconv.Itoa(c.DeviceID)}
	if c.MaxGPUMemory > 0 {
		set["gpu_mem_limit"] = strconv.FormatInt(c.MaxGPUMemory, 10)
		// Otherwise the arena grows by doubling and exceeds the limit
		// needlessly.
		set["arena_extend_strategy"] = "kSameAsRequested"
	}
	if err := cuda.Update(set); err != nil {
		return fmt.Errorf("set the GPU %d: %w", c.DeviceID, err)
	}
	if err := options.AppendExecutionProviderCUDA(cuda); err != nil {
		return fmt.Errorf("start CUDA: %w", err)
	}
	return nil
}

// graphFor returns the variant of a graph for a device. On a CPU texts run one
// by one, so no mask is needed.
func graphFor(device Device, rounded bool) graphOptions {
	if device == CPU {
		return graphOptions{int8: rounded}
	}
	return graphOptions{half: rounded, masked: true}
}
