package queueing

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
)

// Station is a group of equal servers with one queue: first come, first served.
type Station struct {
	Name    string
	Servers int
	Time    Times // of one server for one request
}

// Class is a kind of request.
type Class struct {
	Name  string
	Share float64 // how often it comes, beside the shares of the others
	Route []int   // indexes of the stations that it visits, in order
}

// Network is what is simulated.
type Network struct {
	Stations []Station
	Classes  []Class
	Rate     float64 // requests a second, at independent moments (Poisson)
	Requests int     // how many come
	// Warmup is how many of the first requests are left out of the times, since
	// they find empty queues.
	Warmup int
	Seed   uint64
}

func (n Network) check() error {
	if !(n.Rate > 0) || n.Requests < 1 || n.Warmup < 0 || n.Warmup >= n.Requests {
		return fmt.Errorf("%d requests, the first %d left out, at %g a second cannot be simulated", n.Requests, n.Warmup, n.Rate)
	}
	for _, s := range n.Stations {
		if s.Servers < 1 || s.Time == nil {
			return fmt.Errorf("station %q has %d servers and must have one and their times", s.Name, s.Servers)
		}
	}
	total := 0.0
	for _, c := range n.Classes {
		for _, at := range c.Route {
			if at < 0 || at >= len(n.Stations) {
				return fmt.Errorf("class %q visits station %d of %d", c.Name, at, len(n.Stations))
			}
		}
		if !(c.Share >= 0) {
			return fmt.Errorf("class %q has the share %g", c.Name, c.Share)
		}
		total += c.Share
	}
	if !(total > 0) {
		return fmt.Errorf("no class of requests ever comes")
	}
	return nil
}

// Simulate lets the requests come and waits until all have left. The same
// network gives the same result. The error says what of it is impossible.
func Simulate(n Network) (Result, error) {
	if err := n.check(); err != nil {
		return Result{}, fmt.Errorf("simulate: %w", err)
	}
	s := simulation{network: n, random: rand.New(rand.NewPCG(n.Seed, 0x5e1f)), stations: make([]station, len(n.Stations))}
	s.run()
	return s.result(), nil
}

// request is one request on its way.
type request struct {
	class   int
	counted bool
	came    float64
	queued  float64 // when it came to its present station
	step    int     // how much of its route is done
}

// event is the end of a service, or without a request the coming of one.
type event struct {
	at      float64
	number  int // orders events of the same moment
	request *request
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].number < e[j].number
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

type station struct {
	busy    int
	queue   []*request
	longest int
	work    float64   // seconds that servers worked
	waits   []float64 // of the counted requests
	present area      // requests in the queue or with a server
}

// area is the integral of a number over time.
type area struct {
	sum, since float64
	number     int
}

func (a *area) change(at float64, by int) {
	a.sum += float64(a.number) * (at - a.since)
	a.since, a.number = at, a.number+by
}

type simulation struct {
	network  Network
	random   *rand.Rand
	events   events
	number   int
	now      float64
	came     int
	stations []station
	present  area
	sojourns float64 // sum of the times of all requests
	times    [][]float64
}

func (s *simulation) run() {
	s.times = make([][]float64, len(s.network.Classes))
	s.expect()
	for len(s.events) > 0 {
		e := heap.Pop(&s.events).(event)
		s.now = e.at
		if e.request == nil {
			s.come()
		} else {
			s.serve(e.request)
		}
	}
}

func (s *simulation) schedule(after float64, r *request) {
	heap.Push(&s.events, event{s.now + after, s.number, r})
	s.number++
}

// expect schedules the next request.
func (s *simulation) expect() {
	if s.came < s.network.Requests {
		s.schedule(s.random.ExpFloat64()/s.network.Rate, nil)
	}
}

func (s *simulation) come() {
	s.came++
	s.present.change(s.now, 1)
	s.visit(&request{class: s.class(), counted: s.came > s.network.Warmup, came: s.now})
	s.expect()
}

// class draws the class of a request.
func (s *simulation) class() int {
	total := 0.0
	for _, c := range s.network.Classes {
		total += c.Share
	}
	at, last := s.random.Float64()*total, 0
	for i, c := range s.network.Classes {
		if c.Share == 0 {
			continue
		}
		if at < c.Share {
			return i
		}
		at, last = at-c.Share, i
	}
	return last
}

// visit brings a request to the next station of its route, or out.
func (s *simulation) visit(r *request) {
	route := s.network.Classes[r.class].Route
	if r.step == len(route) {
		s.present.change(s.now, -1)
		s.sojourns += s.now - r.came
		if r.counted {
			s.times[r.class] = append(s.times[r.class], s.now-r.came)
		}
		return
	}
	at := &s.stations[route[r.step]]
	at.present.change(s.now, 1)
	r.queued = s.now
	if at.busy == s.network.Stations[route[r.step]].Servers {
		at.queue = append(at.queue, r)
		at.longest = max(at.longest, len(at.queue))
		return
	}
	s.start(r)
}

// start gives a request to a free server of its station.
func (s *simulation) start(r *request) {
	index := s.network.Classes[r.class].Route[r.step]
	at := &s.stations[index]
	at.busy++
	if r.counted {
		at.waits = append(at.waits, s.now-r.queued)
	}
	seconds := s.network.Stations[index].Time(s.random)
	at.work += seconds
	s.schedule(seconds, r)
}

// serve ends the service of a request and begins that of the next in the queue.
func (s *simulation) serve(r *request) {
	at := &s.stations[s.network.Classes[r.class].Route[r.step]]
	at.busy--
	at.present.change(s.now, -1)
	if len(at.queue) > 0 {
		next := at.queue[0]
		at.queue = at.queue[1:]
		s.start(next)
	}
	r.step++
	s.visit(r)
}
