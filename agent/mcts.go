package agent

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"golang.org/x/sync/errgroup"

	"selfrag/agent/internal/stop"
	"selfrag/agent/multihop"
	"selfrag/rerank/evidence"
	"selfrag/retrieval/text"
)

// MCTS is Monte Carlo tree search for an answer. A node of the tree is a set of
// passages and queries. A child takes one more action than its parent, such as
// a search for another query. A rollout adds one node and answers the question
// from the passages of that node. The rewards of the answers decide which node
// gets the next child.
//
// Selection is UCT (Kocsis and Szepesvári, ECML 2006). The reward of a rollout
// is the support and usefulness of its answer. At the end the answers vote. An
// answer counts more if other answers agree with it, as in self-consistency
// (Wang et al., arXiv 2203.11171). Calls and searches are cached for the turn,
// so a call or search that several branches make costs only once.
type MCTS struct{}

// Name is "mcts".
func (MCTS) Name() string { return "mcts" }

// The limits of the tree, besides the budget, and the weights of exploration
// and of votes. None of them was measured on its own.
const (
	maxDepth    = 5
	maxRollouts = 8
	exploration = 0.7 // constant of UCT, for rewards in [0,1]
	agreement   = 0.5 // weight of the agreement of other leaves in the vote
)

// The actions that make a child of a node. Every rollout also answers the
// question, but answering does not make a child.
const (
	actionRoot      = "search"
	actionSub       = "sub-question"
	actionRephrase  = "rephrase"
	actionDecompose = "decompose"
)

// TreeNode is a node of the tree in the form that is shown and written as JSON.
type TreeNode struct {
	ID     int     `json:"id"`
	Parent int     `json:"parent"` // -1 for the root
	Depth  int     `json:"depth"`
	Action string  `json:"action"`
	Query  string  `json:"query"`
	Answer string  `json:"answer"` // answer of the rollout at this node; empty if the rollout found none
	Reward float64 `json:"reward"` // reward of the rollout at this node
	Visits int     `json:"visits"`
	Value  float64 `json:"value"` // mean reward of the rollouts through this node
}

// leaf is a node of the tree with what its rollout used and found.
type leaf struct {
	TreeNode
	children []int
	untried  []string
	pool     multihop.Pool
	plan     multihop.Plan // the plan that the node made, if the question takes several look-ups
	known    []string
	asked    []string  // queries of all nodes that were made before this node
	found    *findings // findings of the rollout at this node
	sum      float64
	span     nodeSpan
}

// Run grows the tree within the budget and concludes from the best leaf.
func (MCTS) Run(ctx context.Context, t *Turn) (Answer, error) {
	g := &growth{turn: t, random: rand.New(rand.NewPCG(uint64(t.Config.Seed), 1))}
	stopped, err := g.grow(ctx)
	g.endNodes()
	f := g.best().found
	if f == nil {
		f = &findings{}
	}
	f.iterations, f.evidence, f.degraded = g.iterations, g.evidence, g.degraded
	for _, n := range g.nodes {
		f.pool.Merge(&n.pool)
		if f.plan == nil {
			f.plan = n.plan
		}
		if n.found != nil && n.found != f {
			f.refused = append(f.refused, n.found.refused...)
		}
	}
	answer, err := conclude(ctx, t, f, stopped, err)
	answer.Tree = g.tree()
	return answer, err
}

// growth is a tree that is being grown, with the results of its rollouts.
type growth struct {
	turn       *Turn
	random     *rand.Rand
	nodes      []*leaf
	iterations []Iteration
	evidence   evidence.Found // evidence for the question
	degraded   string
}

// grow adds nodes, up to Config.Parallel at a time. It takes the results of the
// rollouts in the order of the nodes, so the tree does not depend on how long
// each rollout took.
func (g *growth) grow(ctx context.Context) (string, error) {
	rollouts := g.turn.rounds(maxRollouts)
	for done := 0; done < rollouts; {
		batch := g.pick(min(g.turn.Config.Parallel, rollouts-done))
		if len(batch) == 0 {
			return StoppedExplored, nil
		}
		results := make([]rollout, len(batch))
		group, gctx := errgroup.WithContext(ctx)
		for i, b := range batch {
			results[i].turn = g.turn.recorded(&results[i].events)
			results[i].found = &findings{unplanned: true} // unplanned is set even for nodes with a plan, so that the rewards of all nodes are comparable
			group.Go(func() error { return results[i].run(gctx, b) })
		}
		err := group.Wait()
		for i, b := range batch {
			g.take(b, &results[i])
		}
		if err != nil {
			return "", stop.Reason(ctx, err)
		}
		done += len(batch)
		if slices.ContainsFunc(results, func(r rollout) bool { return r.reward >= surely || r.holds }) {
			return StoppedSupported, nil
		}
	}
	return SpentIterations, nil
}

// surely is the minimum reward of an answer that ends the search for better
// answers. Not measured.
const surely = 0.95

// branch is a child that is to be added to the tree, with its parent.
type branch struct {
	parent *leaf
	child  *leaf
}

// pick chooses up to n children to make, by UCT from the root. While pick runs,
// a chosen node counts as visited without a reward (virtual loss), so that the
// next choice is another node.
func (g *growth) pick(n int) []branch {
	if len(g.nodes) == 0 {
		root := &leaf{TreeNode: TreeNode{Parent: -1, Action: actionRoot, Query: g.turn.Question.Text}}
		return []branch{{child: root}}
	}
	var asked []string
	for _, node := range g.nodes {
		asked = appendNew(asked, node.Query)
	}
	var out []branch
	for range n {
		node := g.nodes[0]
		for node != nil && len(node.untried) == 0 {
			node = g.uct(node)
		}
		if node == nil {
			break
		}
		action := node.untried[0]
		node.untried = node.untried[1:]
		out = append(out, branch{node, &leaf{
			TreeNode: TreeNode{Parent: node.ID, Depth: node.Depth + 1, Action: action},
			known:    slices.Clone(node.known), asked: asked,
		}})
		for p := node; ; p = g.nodes[p.Parent] {
			p.Visits++
			if p.Parent < 0 {
				break
			}
		}
	}
	for _, b := range out { // undo the virtual visits
		for p := b.parent; ; p = g.nodes[p.Parent] {
			p.Visits--
			if p.Parent < 0 {
				break
			}
		}
	}
	return out
}

// uct returns the child of a node with the best UCT value, or nil if no action
// is left to try below the node.
func (g *growth) uct(node *leaf) *leaf {
	var best *leaf
	bound := math.Inf(-1)
	for _, id := range node.children {
		child := g.nodes[id]
		if !g.open(child) {
			continue
		}
		visits := float64(max(1, child.Visits))
		u := child.sum/visits + exploration*math.Sqrt(math.Log(float64(max(2, node.Visits)))/visits)
		if u > bound {
			best, bound = child, u
		}
	}
	return best
}

// open reports whether an action is left to try at a node or below it.
func (g *growth) open(node *leaf) bool {
	return len(node.untried) > 0 || slices.ContainsFunc(node.children, func(id int) bool { return g.open(g.nodes[id]) })
}

// take adds a finished child to the tree and adds its reward to its ancestors.
func (g *growth) take(b branch, r *rollout) {
	for _, e := range r.events {
		g.turn.Emit(e)
	}
	if len(g.evidence.Sentences) == 0 {
		g.evidence = r.found.evidence
	}
	g.iterations = append(g.iterations, r.found.iterations...)
	g.degraded = joined(g.degraded, r.found.degraded)
	if !r.made || g.repeats(b) {
		b.deadEnd()
		return // the action found nothing new
	}
	child := b.child
	child.ID = len(g.nodes)
	child.found, child.Answer, child.Reward = r.found, r.answer, r.reward
	if child.Depth < maxDepth {
		child.untried = []string{actionSub, actionRephrase}
		if child.Depth == 0 {
			child.untried = []string{actionDecompose, actionSub, actionRephrase}
		}
		g.random.Shuffle(len(child.untried), func(i, j int) {
			child.untried[i], child.untried[j] = child.untried[j], child.untried[i]
		})
	}
	g.nodes = append(g.nodes, child)
	if b.parent != nil {
		b.parent.children = append(b.parent.children, child.ID)
	}
	for p := child; ; p = g.nodes[p.Parent] {
		p.Visits++
		p.sum += r.reward
		if p.Parent < 0 {
			break
		}
	}
	g.turn.Emit(NodeExpanded{Node: child.ID, Parent: child.Parent, Action: child.Action, Query: child.Query, Reward: r.reward})
}

// repeats reports whether another node has the same query. This can happen
// because children that are made at the same time cannot see each other's
// queries.
func (g *growth) repeats(b branch) bool {
	return b.child.Action != actionDecompose && slices.ContainsFunc(g.nodes, func(n *leaf) bool {
		return n.Action != actionDecompose && text.Normalise(n.Query) == text.Normalise(b.child.Query)
	})
}

// best returns the leaf whose answer has the most votes. The votes of an answer
// are its own reward plus a part of the rewards of other answers, more for
// answers with the same words.
func (g *growth) best() *leaf {
	best, most := &leaf{}, math.Inf(-1)
	for _, n := range g.nodes {
		if n.Answer == "" && best.Answer != "" {
			continue
		}
		agree, others := 0.0, 0
		for _, o := range g.nodes {
			if o != n && o.Answer != "" && n.Answer != "" {
				a, b := text.Keywords(n.Answer), text.Keywords(o.Answer)
				agree += o.Reward * (text.Share(a, b) + text.Share(b, a)) / 2
				others++
			}
		}
		vote := n.Reward
		if others > 0 {
			vote += agreement * agree / float64(others)
		}
		if vote > most || best.Answer == "" && n.Answer != "" {
			best, most = n, vote
		}
	}
	return best
}

func (g *growth) tree() []TreeNode {
	out := make([]TreeNode, len(g.nodes))
	for i, n := range g.nodes {
		out[i] = n.TreeNode
		out[i].Value = n.sum / float64(max(1, n.Visits))
	}
	return out
}
