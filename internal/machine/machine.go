// Package machine looks at what a computer has for running models: memory,
// processor cores, a graphics card. What cannot be found out is left empty
// and never guessed.
//
// Shape: Look gathers all of it; memory_OS.go reads the memory of each system,
// cgroup.go the limit that a container has, gpu.go asks for a graphics card.
package machine

import (
	"context"
	"os"
	"runtime"
)

// Machine is what a computer has.
type Machine struct {
	// Memory is what this process may use, in bytes: the memory of the computer,
	// or the limit of the control group if that is lower. 0: not known.
	Memory int64 `json:"memory"`
	// Cores are the processor cores that this process may use.
	Cores int `json:"cores"`
	// GPU is the graphics card with the most memory; nil if none was found.
	GPU *GPU `json:"gpu"`
}

// GPU is a graphics card on which a server can run models.
type GPU struct {
	Name string `json:"name"` // as its driver says
	// Memory of the card in bytes; 0: not known, or it shares the computer's.
	Memory int64 `json:"memory,omitempty"`
	// Shared reports whether the card uses the memory of the computer.
	Shared bool `json:"shared,omitempty"`
}

// Look finds out what this computer has. It takes as long as nvidia-smi does
// where that is on PATH, and else next to no time.
func Look(ctx context.Context) Machine {
	return Machine{Memory: Memory(), Cores: runtime.GOMAXPROCS(0), GPU: findGPU(ctx)}
}

// Memory is what this process may use, in bytes; 0: not known.
func Memory() int64 {
	memory := systemMemory()
	if limit := cgroupLimit(os.DirFS("/")); limit > 0 && (memory == 0 || limit < memory) {
		memory = limit
	}
	return memory
}
