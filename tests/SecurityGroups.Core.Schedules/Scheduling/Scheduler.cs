using SecurityGroups.Tracking;

namespace SecurityGroups.Schedules.Scheduling;

/// <summary>Runs a few threads, one at a time: at every step of the protocol it is decided which of them goes on.</summary>
/// <remarks>
/// Real threads that hand a baton to each other, so the code under test is the library's own. A thread that spins waits until another one
/// has made a step; when all of them spin it is a deadlock. Memory order is not explored: what runs is sequentially consistent.
/// </remarks>
internal sealed class Scheduler : IDisposable
{
    /// <summary>No scenario takes so many; a run that does goes round in circles.</summary>
    private const int MostSteps = 20_000;

    private readonly Worker[] _workers;
    private readonly SemaphoreSlim _done = new(0);
    private IChooser _chooser = new RandomChooser(0);
    private int _running;
    private int _preemptions;
    private int _steps;
    private Exception? _failure;

    public Scheduler(int threads) => _workers = [.. Enumerable.Range(0, threads).Select(number => new Worker(number, this))];

    /// <summary>Steps of the last run.</summary>
    public int Steps => _steps;

    /// <summary>Runs one body on each thread, as the chooser decides.</summary>
    /// <exception cref="InvalidOperationException">A body threw, or the threads wait for each other.</exception>
    public void Run(IReadOnlyList<Action> bodies, IChooser chooser)
    {
        _chooser = chooser;
        _preemptions = 0;
        _steps = 0;
        _failure = null;
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i].Prepare(bodies[i]);
        }

        Pass(Next(null, isSpinning: false)!);
        _done.Wait();
        if (_failure is not null)
        {
            throw new InvalidOperationException($"{_failure.Message} ({chooser})", _failure);
        }
    }

    public void Dispose()
    {
        foreach (Worker worker in _workers)
        {
            worker.Dispose();
        }

        _done.Dispose();
    }

    private void Pass(Worker next)
    {
        _running = next.Number;
        next.Go();
    }

    // Called by the running thread before each of its steps.
    private void Step(bool isSpinning)
    {
        Worker own = _workers[_running];
        if (++_steps > MostSteps)
        {
            _failure ??= new InvalidOperationException("The run does not end.");
        }

        if (_failure is not null)
        {
            throw new ScheduleAbortedException();
        }

        Worker? next = Next(own, isSpinning);
        if (next is null)
        {
            _failure = new InvalidOperationException("Every thread waits for another one.");
            throw new ScheduleAbortedException();
        }

        if (next != own)
        {
            Pass(next);
            own.Wait();
        }
    }

    private void Finish(Worker own, Exception? failure)
    {
        own.IsFinished = true;
        _failure ??= failure is ScheduleAbortedException ? null : failure;
        Worker? next = _failure is null ? Next(own, isSpinning: false) : null;
        if (next is null && Array.Find(_workers, worker => !worker.IsFinished) is { } left)
        {
            // The rest unwinds.
            _failure ??= new InvalidOperationException("A thread waits for one that has ended.");
            next = left;
        }

        if (next is null)
        {
            _done.Release();
        }
        else
        {
            Pass(next);
        }
    }

    private Worker? Next(Worker? own, bool isSpinning)
    {
        foreach (Worker worker in _workers)
        {
            worker.IsWaiting &= isSpinning;
        }

        bool ownCan = own is { IsFinished: false } && !isSpinning;
        if (own is not null)
        {
            own.IsWaiting = isSpinning;
        }

        Worker[] others = [.. _workers.Where(worker => worker != own && worker is { IsFinished: false, IsWaiting: false })];
        if (ownCan && (others.Length == 0 || _preemptions == _chooser.MaxPreemptions))
        {
            return own;
        }

        if (others.Length == 0)
        {
            return null;
        }

        int choice = _chooser.Choose(others.Length + (ownCan ? 1 : 0));
        _preemptions += ownCan && choice > 0 ? 1 : 0;
        return ownCan ? choice == 0 ? own : others[choice - 1] : others[choice];
    }

    private sealed class Worker : IDisposable
    {
        private readonly SemaphoreSlim _baton = new(0);
        private readonly Scheduler _scheduler;
        private readonly Thread _thread;
        private Action? _body;

        public Worker(int number, Scheduler scheduler)
        {
            Number = number;
            _scheduler = scheduler;
            _thread = new Thread(Work) { IsBackground = true, Name = $"scheduled {number}" };
            _thread.Start();
        }

        public int Number { get; }

        public bool IsFinished { get; set; }

        public bool IsWaiting { get; set; }

        public void Prepare(Action body) => (_body, IsFinished, IsWaiting) = (body, false, false);

        public void Go() => _baton.Release();

        public void Wait()
        {
            _baton.Wait();
            if (_scheduler._failure is not null)
            {
                throw new ScheduleAbortedException();
            }
        }

        public void Dispose()
        {
            _body = null;
            _baton.Release();
            _thread.Join();
            _baton.Dispose();
        }

        private void Work()
        {
            while (true)
            {
                _baton.Wait();
                if (_body is null)
                {
                    return;
                }

                Exception? failure = null;
                try
                {
                    Interleaving.Processor = Number;
                    Interleaving.Hook = _scheduler.Step;
                    _body();
                }
#pragma warning disable CA1031 // Whatever a body throws is the result of the run.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    failure = exception;
                }

                Interleaving.Hook = null;
                _scheduler.Finish(this, failure);
            }
        }
    }
}
