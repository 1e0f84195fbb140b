using CnpgRestore.Barman.Wal;
using CnpgRestore.Postgres;
using CsCheck;

namespace CnpgRestore.Tests.Barman;

/// <summary>Against a plain set of numbers.</summary>
public sealed class WalCoverageTests
{
    private const ulong Largest = 60;

    private static readonly Gen<(WalCoverage Coverage, HashSet<ulong> Naive)> Any =
        Gen.Select(Gen.ULong[0, Largest], Gen.ULong[0, 6]).Select((first, more) => new WalRun(first, first + more)).Array[0, 12].Select(runs =>
            (new WalCoverage(new TimelineId(1), WalSegmentSize.Default, runs), runs.SelectMany(Numbers).ToHashSet()));

    [Fact]
    public void Holds_exactly_the_given_segments() => Any.Sample((coverage, naive) =>
        Assert.Equal(naive.Order(), coverage.Runs.SelectMany(Numbers)));

    [Fact]
    public void Leaves_a_gap_between_two_runs() => Any.Sample((coverage, _) =>
        Assert.All(coverage.Runs.Zip(coverage.Runs.Skip(1)), pair => Assert.True(pair.First.Last + 1 < pair.Second.First)));

    [Fact]
    public void Contains_what_it_holds() => Gen.Select(Any, Gen.ULong[0, Largest + 10]).Sample((any, number) =>
        any.Coverage.Contains(any.Coverage.Name(number)) == any.Naive.Contains(number));

    [Fact]
    public void Does_not_contain_segments_of_another_timeline() =>
        Assert.False(new WalCoverage(new TimelineId(1), WalSegmentSize.Default, [new WalRun(0, 9)]).Contains(WalSegmentName.Parse("000000020000000000000001")));

    [Fact]
    public void Finds_the_first_missing_segment() => Gen.Select(Any, Gen.ULong[0, Largest], Gen.ULong[0, 20]).Sample((any, first, more) =>
    {
        var expected = Numbers(new WalRun(first, first + more)).Where(number => !any.Naive.Contains(number)).Select(number => (ulong?)number).FirstOrDefault();
        Assert.Equal(expected, any.Coverage.FirstMissing(any.Coverage.Name(first), any.Coverage.Name(first + more))?.Number(WalSegmentSize.Default));
    });

    [Fact]
    public void Finds_how_far_an_unbroken_line_goes() => Gen.Select(Any, Gen.ULong[0, Largest + 10]).Sample((any, start) =>
    {
        ulong? expected = null;
        for (var number = start; any.Naive.Contains(number); number++)
        {
            expected = number;
        }

        Assert.Equal(expected, any.Coverage.LastUnbroken(any.Coverage.Name(start))?.Number(WalSegmentSize.Default));
    });

    [Fact]
    public void Knows_whether_anything_lies_in_a_range() => Gen.Select(Any, Gen.ULong[0, Largest], Gen.ULong[0, 20]).Sample((any, first, length) =>
        any.Coverage.HasAny(first, first + length) == any.Naive.Any(number => number >= first && number < first + length));

    [Fact]
    public void Gaps_are_what_lies_between() => Any.Sample((coverage, naive) =>
    {
        var missing = naive.Count == 0 ? [] : Numbers(new WalRun(naive.Min(), naive.Max())).Where(number => !naive.Contains(number));
        var gaps = new TimelineCoverage(new TimelineId(1), Parent: null, coverage).Gaps.ToList();
        Assert.Equal(missing, gaps.SelectMany(gap => Numbers(new WalRun(gap.First.Number(WalSegmentSize.Default), gap.Last.Number(WalSegmentSize.Default)))));
        Assert.All(gaps, gap => Assert.Equal(gap.Count, gap.Last.Number(WalSegmentSize.Default) - gap.First.Number(WalSegmentSize.Default) + 1));
    });

    private static IEnumerable<ulong> Numbers(WalRun run)
    {
        for (var number = run.First; number <= run.Last; number++)
        {
            yield return number;
        }
    }
}
