// Package machine finds out what a computer offers for running models: memory,
// processor cores, a graphics card. Unknown values are left empty and never
// guessed.
//
// Shape: Look collects everything. memory_OS.go reads the memory of each
// system, cgroup.go the limit of a container, and gpu.go looks for a graphics
// card.
package machine

import (
	"context"
	"os"
	"runtime"
)

// Machine describes a computer.
type Machine struct {
	// Memory is the memory that this process may use, in bytes: the computer's
	// memory, or the limit of the control group if that is lower. 0 means
	// unknown.
	Memory int64 `json:"memory"`
	// Cores is the number of processor cores that this process may use.
	Cores int `json:"cores"`
	// GPU is the graphics card with the most memory; nil if none was found.
	GPU *GPU `json:"gpu"`
}

// GPU is a graphics card on which a server can run models.
type GPU struct {
	Name string `json:"name"` // as its driver reports it
	// Memory is the memory of the card in bytes. 0 means unknown, or shared
	// with the computer.
	Memory int64 `json:"memory,omitempty"`
	// Shared reports whether the card uses the memory of the computer.
	Shared bool `json:"shared,omitempty"`
}

// Look describes this computer. It takes as long as nvidia-smi if that is on
// PATH, and almost no time otherwise.
func Look(ctx context.Context) Machine {
	return Machine{Memory: Memory(), Cores: runtime.GOMAXPROCS(0), GPU: findGPU(ctx)}
}

// Memory returns the memory that this process may use in bytes, or 0 if it is
// unknown.
func Memory() int64 {
	memory := systemMemory()
	if limit := cgroupLimit(os.DirFS("/")); limit > 0 && (memory == 0 || limit < memory) {
		memory = limit
	}
	return memory
}
