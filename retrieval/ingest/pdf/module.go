package pdf

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"unicode/utf16"

	"github.com/klippa-app/go-pdfium"
	"github.com/tetratelabs/wazero/api"
)

// module is an instance of PDFium. Its functions are called as PDFium's header
// files (fpdfview.h, fpdf_text.h and others) declare them.
//
// go-pdfium's own methods allocate and free memory inside the module for each
// result, and wazero starts a goroutine for each call that a context can end:
// 50 µs for a character, 150 ms for a page full of them. Called directly, with
// a context only where a call can take long, it is 2 µs.
//
// After a call that failed, all others do nothing, so that a sequence of calls
// is checked once, by err.
type module struct {
	instance pdfium.Pdfium
	function func(name string) function
	memory   api.Memory
	scratch  uint64 // address of scratchSize bytes for results
	stack    [16]uint64
	err      error
}

type function interface {
	CallWithStack(ctx context.Context, stack []uint64) error
}

const scratchSize = 64

// open takes an instance from a pool. It must be closed.
func open(ctx context.Context, pool pdfium.Pool) (*module, error) {
	instance, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("start an instance of PDFium: %w", err)
	}
	m := &module{instance: instance}
	if err := m.bind(); err != nil {
		return nil, errors.Join(err, instance.Kill())
	}
	m.scratch = m.get("malloc", scratchSize)
	return m, nil
}

// bind finds the functions and the memory of the instance. Their types are
// internal to go-pdfium, their methods are those of wazero.
func (m *module) bind() error {
	implementation := reflect.ValueOf(m.instance.GetImplementation())
	lookup := implementation.MethodByName("Fn")
	if implementation.Kind() != reflect.Pointer || !lookup.IsValid() {
		return errors.New("this version of go-pdfium gives no access to its module")
	}
	field := implementation.Elem().FieldByName("Module")
	if !field.IsValid() || !field.CanInterface() {
		return errors.New("this version of go-pdfium gives no access to its module")
	}
	memory := reflect.ValueOf(field.Interface()).MethodByName("Memory")
	if !memory.IsValid() {
		return errors.New("this version of go-pdfium gives no access to its memory")
	}
	ok := false
	if m.memory, ok = memory.Call(nil)[0].Interface().(api.Memory); !ok {
		return errors.New("this version of go-pdfium gives no access to its memory")
	}
	known := map[string]function{}
	m.function = func(name string) function {
		f, found := known[name]
		if !found {
			f, _ = lookup.Call([]reflect.Value{reflect.ValueOf(name)})[0].Interface().(function)
			known[name] = f
		}
		return f
	}
	return nil
}

// close ends the instance, whatever state it is in, and frees its memory.
func (m *module) close() {
	// Kill and not Close: what the instance holds goes with its memory, and
	// after a failed call it could not be freed in order.
	_ = m.instance.Kill()
}

// call calls a function that may take long. When ctx ends it stops, and the
// module with it.
func (m *module) call(ctx context.Context, name string, args ...uint64) uint64 {
	if m.err != nil {
		return 0
	}
	f := m.function(name)
	if f == nil {
		m.err = fmt.Errorf("PDFium has no function %s", name)
		return 0
	}
	copy(m.stack[:], args)
	if err := f.CallWithStack(ctx, m.stack[:]); err != nil {
		m.err = m.reason(ctx, name, err)
		return 0
	}
	return m.stack[0]
}

// reason says why a call failed.
func (m *module) reason(ctx context.Context, name string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	// PDFium ends itself where it gets no memory, which may be as much again as it has.
	if limit, known := m.memory.Definition().Max(); known && 2*uint64(m.memory.Size()) > uint64(limit)*wasmPage {
		return fmt.Errorf("%w (%s)", ErrMemory, name)
	}
	// The first line says what, the others where in the module.
	what, _, _ := strings.Cut(err.Error(), "\n")
	return fmt.Errorf("%w: %s: %s", ErrDamaged, name, what)
}

// get calls a function that takes no time.
func (m *module) get(name string, args ...uint64) uint64 {
	return m.call(context.Background(), name, args...)
}

// is calls a function that gives an FPDF_BOOL.
func (m *module) is(name string, args ...uint64) bool { return int32(uint32(m.get(name, args...))) > 0 }

// count calls a function that gives an int, which is negative on failure.
func (m *module) count(name string, args ...uint64) int {
	return max(0, int(int32(uint32(m.get(name, args...)))))
}

func (m *module) float32At(offset uint64) float64 {
	v, _ := m.memory.ReadFloat32Le(uint32(m.scratch + offset))
	return float64(v)
}

func (m *module) float64At(offset uint64) float64 {
	v, _ := m.memory.ReadFloat64Le(uint32(m.scratch + offset))
	return v
}

func (m *module) uint32At(offset uint64) uint32 {
	v, _ := m.memory.ReadUint32Le(uint32(m.scratch + offset))
	return v
}

func float64Of(result uint64) float64 { return math.Float64frombits(result) }
func float32Of(result uint64) float64 { return float64(math.Float32frombits(uint32(result))) }

// put copies bytes into the module and returns their address, which has to be
// freed; 0 when there is no room.
func (m *module) put(b []byte) uint64 {
	at := m.get("malloc", uint64(len(b)))
	if m.err == nil && (at == 0 || !m.memory.Write(uint32(at), b)) {
		m.err = ErrMemory
		return 0
	}
	return at
}

func (m *module) free(at uint64) {
	if at != 0 {
		m.get("free", at)
	}
}

// maxString is how long a text of a file's own is, such as its title, in
// bytes; what is longer counts as empty.
const maxString = 1 << 20

// text calls a function that writes a text in UTF-16 to a buffer of a size,
// its two last arguments, and returns the size needed.
func (m *module) text(name string, args ...uint64) string {
	n := m.get(name, append(args, 0, 0)...) & math.MaxUint32
	if n < 2 || n > maxString || m.err != nil {
		return ""
	}
	at := m.get("malloc", n)
	if at == 0 {
		return ""
	}
	defer m.free(at)
	m.get(name, append(args, at, n)...)
	raw, ok := m.memory.Read(uint32(at), uint32(n))
	if !ok {
		return ""
	}
	units := make([]uint16, 0, n/2)
	for i := 0; i+1 < len(raw); i += 2 {
		if u := uint16(raw[i]) | uint16(raw[i+1])<<8; u != 0 {
			units = append(units, u)
		}
	}
	return string(utf16.Decode(units))
}

// cstring is a C string inside the module, to be freed.
func (m *module) cstring(s string) uint64 { return m.put(append([]byte(s), 0)) }
