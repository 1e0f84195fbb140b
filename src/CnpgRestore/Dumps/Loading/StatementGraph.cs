using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Loading;

/// <summary>
/// Statements that wait for each other only where their locks say so: the dump's own order, as far as it matters.
/// </summary>
sealed class StatementGraph
{
    private readonly Dictionary<QualifiedName, List<(Node Node, bool IsExclusive)>> _holders = [];
    private readonly List<Node> _nodes = [];
    private int _finished;

    public int Unfinished => _nodes.Count - _finished;

    /// <param name="effort">Any measure that compares statements, such as the bytes of a table that is read.</param>
    public void Add(DumpStatement statement, IEnumerable<StatementLock> locks, long effort)
    {
        var node = new Node(statement, _nodes.Count, effort);
        foreach (var wish in locks)
        {
            if (!_holders.TryGetValue(wish.Name, out var holders))
            {
                _holders[wish.Name] = holders = [];
            }

            foreach (var former in holders.Where(holder => (wish.IsExclusive || holder.IsExclusive) && holder.Node != node))
            {
                former.Node.Followers.Add(node);
                node.Waiting++;
            }

            // What comes later waits for this one, and so for all before it.
            if (wish.IsExclusive)
            {
                holders.Clear();
            }

            holders.Add((node, wish.IsExclusive));
        }

        _nodes.Add(node);
    }

    /// <summary>Runs all of them; what holds up the most work comes first.</summary>
    /// <param name="run">Runs one statement on the session of that number; told last is whether sessions are left over that have nothing to do.</param>
    public async Task RunAsync(int sessions, Func<DumpStatement, int, bool, Task> run)
    {
        var ready = new PriorityQueue<Node, (long, int)>();
        foreach (var node in Enumerable.Reverse(_nodes))
        {
            node.Rank = node.Effort + node.Followers.Select(follower => follower.Rank).DefaultIfEmpty().Max();
            Offer(node);
        }

        var free = new Stack<int>(Enumerable.Range(0, sessions).Reverse());
        var running = new List<Task<(Node Node, int Session)>>();
        try
        {
            while (ready.Count > 0 || running.Count > 0)
            {
                while (free.Count > 0 && ready.TryDequeue(out var node, out _))
                {
                    var session = free.Pop();
                    running.Add(RunAsync(node, session, free.Count > ready.Count));
                }

                var ended = await Task.WhenAny(running);
                running.Remove(ended);
                var done = await ended;
                _finished++;
                free.Push(done.Session);
                foreach (var follower in done.Node.Followers)
                {
                    follower.Waiting--;
                    Offer(follower);
                }
            }
        }
        finally
        {
            await Task.WhenAll(running).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        async Task<(Node Node, int Session)> RunAsync(Node node, int session, bool sessionsAreIdle)
        {
            await run(node.Statement, session, sessionsAreIdle);
            return (node, session);
        }

        void Offer(Node node)
        {
            if (node.Waiting == 0)
            {
                ready.Enqueue(node, (-node.Rank, node.Number));
            }
        }
    }

    private sealed class Node(DumpStatement statement, int number, long effort)
    {
        public DumpStatement Statement => statement;

        public int Number => number;

        public long Effort => effort;

        public List<Node> Followers { get; } = [];

        public int Waiting { get; set; }

        /// <summary>The effort from here to the end of the longest chain.</summary>
        public long Rank { get; set; }
    }
}
