//go:build unix

package processtest

import (
	"os"
	"runtime"
	"testing"
	"time"
)

func TestProcessorTimeGrows(t *testing.T) {
	before := ProcessorTime(t)
	for sum := 0; ProcessorTime(t) == before; sum++ {
	}
}

func TestProcessorOfIsThatOfThisProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has /proc")
	}
	for {
		before := ProcessorTime(t)
		other, err := ProcessorOf(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		after := ProcessorTime(t)
		if other < before-20*time.Millisecond || other > after+20*time.Millisecond {
			t.Fatalf("got %v of this process, and it has used %v to %v", other, before, after)
		}
		if other > 0 {
			return
		}
	}
}

func TestProcessorOfAnEndedProcess(t *testing.T) {
	if d, err := ProcessorOf(1 << 30); err == nil {
		t.Errorf("got %v and no error", d)
	}
}

func TestMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		if _, _, err := Memory(os.Getpid()); err == nil {
			t.Error("there is no /proc, and memory was read")
		}
		return
	}
	const size = 64 << 20
	block := make([]byte, size)
	for i := 0; i < size; i += 1 << 10 {
		block[i] = 1 // a page counts once it is written
	}
	resident, peak, err := Memory(os.Getpid())
	if err != nil || resident < size || peak < resident {
		t.Errorf("with %d bytes in use: %d resident, %d at the peak, %v", size, resident, peak, err)
	}
	runtime.KeepAlive(block)
	if _, _, err := Memory(-1); err == nil {
		t.Error("the memory of no process was read")
	}
}

func TestKilobytes(t *testing.T) {
	for status, want := range map[string]int64{
		"Name:\tselfrag\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n": 1 << 20,
		"VmRSS: 3 kB": 3 << 10,
		"VmHWM: 3 kB": -1, // as of a process that has ended: no such line
		"VmRSS: 3 MB": -1,
		"VmRSS:":      -1,
		"VmRSS: x kB": -1,
	} {
		got, err := kilobytes(status, "VmRSS:")
		if want < 0 && err == nil || want >= 0 && (err != nil || got != want) {
			t.Errorf("%q: %d, %v; want %d", status, got, err, want)
		}
	}
}
