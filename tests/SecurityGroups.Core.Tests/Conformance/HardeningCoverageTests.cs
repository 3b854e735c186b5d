namespace SecurityGroups.Tests.Conformance;

/// <summary>
/// The threats of behaviour.md, section 3: each with the reason that denies it, the switch where there is one, and the tests that show it. A
/// test that is renamed or removed is missed here.
/// </summary>
public sealed class HardeningCoverageTests
{
    /// <summary>Threat; reasons; switches; tests, by their names or the first text of their data.</summary>
    private static readonly (string Threat, Reason[] Reasons, string[] Switches, string[] Tests)[] s_threats =
    [
        ("Tiny first fragment", [Reason.TinyFragment], [], ["G05_FirstFragmentWithoutWholeTransportHeader_IsTiny"]),
        ("Fragment at offset 1 over TCP flags", [Reason.TinyFragment], [], ["G06_LaterFragmentInsideTheTransportHeader_IsTiny"]),
        ("Overlapping fragments", [Reason.OverlappingFragment], [nameof(FragmentOptions.CheckIPv4Overlaps)],
            ["G07_FragmentOverTheInspectedHeader_PoisonsTheDatagram", "G08_AnyOverlap_PoisonsTheDatagram"]),
        ("Fragment cache flood", [Reason.FragmentTableFull], [nameof(FragmentOptions.MaxDatagrams)],
            ["G13_FullTable_DeniesFragmentsAndNothingElse", "G13_OneNicsShare_LeavesRoomForTheOther"]),
        ("Later fragments bypass the policy", [Reason.LaterFragmentWithoutFirst], [nameof(FragmentOptions.HoldEarlyFragments)],
            ["G03_LaterFragmentWithoutFirst_IsDenied", "G04_DeniedFirst_TakesTheRestWithIt", "G02_EarlyLaterFragment_WithHold_IsHeldAndReleased"]),
        ("Two Fragment headers, Fragment not last", [Reason.BadExtensionHeader], [], ["TwoFragmentHeaders_AreDenied", "ExtensionHeaders_GoByTheMatrix"]),
        ("v6 first fragment without upper header", [Reason.TinyFragment], [], ["G10_FirstFragmentWithoutWholeHeaderChain_IsTiny"]),
        ("Long extension header chain", [Reason.ExtensionHeaderLimit, Reason.BadExtensionHeader], [],
            ["X04_MoreThanEightHeaders_AreDenied", "X04_MoreThan256Octets_AreDenied", "X02_HopByHopNotFirst_IsDenied", "X03_RoutingTypeZero_IsDenied_OthersAreWalked"]),
        ("Unknown extension header hides the transport", [], [], ["Walk_MobilityHipAndShim6_LeadToTheTransport", "X07_NoNextHeader_MatchesAnyAndItsOwnRule"]),
        ("IPv4 options, source route", [Reason.IpOptions], [nameof(FirewallOptions.AllowSourceRoute)], ["IPv4Header_IsCheckedAgainstItself"]),
        ("IPv4 lengths that disagree", [Reason.Malformed], [], ["IPv4Header_IsCheckedAgainstItself", "Lengths_AreCheckedAgainstEachOther"]),
        ("TCP length arithmetic underflow", [Reason.Malformed], [], ["F08_DataOffset_MustCoverTheHeaderAndFitTheSegment", "Parse_ChangedSample_EqualsSlowParser"]),
        ("UDP length lies", [Reason.Malformed], [], ["U09_UdpLengthBelow8OrBeyondThePayload_IsMalformed", "Lengths_AreCheckedAgainstEachOther"]),
        ("Checksums", [Reason.BadChecksum], [nameof(FirewallOptions.VerifyChecksums)], ["F11_BadChecksum_ChangesNothing"]),
        ("Blind RST", [Reason.InvalidReset], [nameof(NicOptions.WindowCheck)], ["E12", "E12 in window", "RST in SYN_SENT must acknowledge"]),
        ("Blind SYN while established", [Reason.InvalidState, Reason.PassIgnored], [], ["E15", "blind SYN of the initiator", "SynOfTheResponder_IsDenied"]),
        ("Blind data injection", [Reason.OutOfWindow], [nameof(NicOptions.WindowCheck)], ["E02", "E17", "Window_NotEnforced_PassesWhatIsOutside"]),
        ("Attacker shortens timers", [Reason.OutOfWindow, Reason.InvalidReset], [], ["C10", "out of window changes nothing"]),
        ("Old packets keep a dead flow alive", [Reason.PassIgnored], [], ["old packets keep nothing alive", "C06"]),
        ("Spoofed ICMP errors", [Reason.UnrelatedIcmp, Reason.IcmpRateLimit], [nameof(ConnectionTrackingOptions.IcmpErrorsPerSecond)],
            ["I07_UnknownQuote_IsUnrelated", "TcpQuoteOutOfFlight_IsUnrelated", "ErrorSentToAnotherAddressOfTheNic_IsUnrelated", "Errors_BeyondTheRateLimit_AreDenied"]),
        ("Packet too big with an absurd MTU", [Reason.UnrelatedIcmp], [], ["I14_PacketTooBig_WithAbsurdMtu_IsDenied"]),
        ("Redirect, source quench", [Reason.UnrelatedIcmp, Reason.InfrastructureBan], [nameof(InfrastructureTraffic.RedirectIngress)],
            ["I16_SourceQuenchAndRedirect_AreDeniedEvenAboutALiveFlow", "Errors_OnAStatelessNic_GoByTheRules", "Redirect_PassesOnlyWhenSwitchedOn"]),
        ("SYN flood, half-open connections", [Reason.HalfOpenLimit], [nameof(ConnectionTrackingOptions.HalfOpenPercentage)],
            ["SpoofedSyns_AgainstLiveConnections_LoseNone", "Handshakes_AboveTheirCap_ReplaceTheOldestHandshake"]),
        ("Table exhaustion by a scan from a protected NIC", [Reason.NicQuota, Reason.ConnectionTableFull], [nameof(NicOptions.MaxConnections)],
            ["ScanFromAProtectedNic_StaysWithinItsQuota", "K04_NicAtItsQuota_LeavesRoomForOthers", "K02_TableFullOfEstablished_DeniesNewAndLosesNone"]),
        ("Spoofed UDP from outside to an allowed port", [Reason.ConnectionTableFull], [nameof(ConnectionTrackingOptions.UnrepliedPercentage)],
            ["SpoofedDatagrams_AnsweredOrNot_LoseNoLiveConnection", "Datagrams_AboveTheirCap_ReplaceTheOldestAndLeaveHandshakesAlone"]),
        ("Hash flooding", [Reason.ConnectionTableFull], [],
            ["K05_FlowsThatCollideUnderAnotherSecret_SpreadAsAnyOthers", "K05_FlowsThatCollide_HurtOnlyTheirOwnBuckets", "NewHashes_HaveSecretsOfTheirOwn"]),
        ("Trie and label blow-up by policy", [], [nameof(PolicyLimits)], ["Limits_WhenSet_AreErrors", "Update_BeyondTheMemoryLimit_ChangesNothing"]),
        ("LAND", [Reason.Land], [], ["Land_IsDeniedAndAnOwnedSourceIsOtherwiseOrdinary"]),
        ("Xmas, null, SYN with FIN", [Reason.BadFlags], [], ["F01", "F02", "F03"]),
        ("Reserved bits", [], [], ["F05_ReservedBits_AreIgnored"]),
        ("Port 0", [Reason.Malformed], [nameof(FirewallOptions.AllowPortZero)], ["F09_PortZero_IsMalformedUnlessSwitchedOn"]),
        ("Martians", [Reason.Martian], [nameof(FirewallOptions.Martians)], ["MartianSource_HasOneSwitchPerClass"]),
        ("Spoofing by the protected NIC", [Reason.SpoofedSource], [nameof(Nic.AddressChecks)], ["EgressSource_MustBeOwned", "S23_SourceNotOwned_IsSpoofedWhateverTheRules"]),
        ("Rogue router or DHCP server", [Reason.InfrastructureBan], [nameof(FirewallOptions.Infrastructure)],
            ["S27_DhcpServerAndRouterAdvertisement_AreBanned", "Flags_AreSeparatelySwitchable"]),
        ("Version stamp wrap", [], [], ["Stamps_ThatWrap_KeepTheirOrder"]),
        ("Torn reads under concurrency", [], [], ["Soak_InsertsRemovalsAndExpiry_LeaveTheTableWhole", "E19_AcknowledgmentsAndDataAtOnce_AreNeverDenied"]),
        ("Information leak by logs", [], [nameof(FirewallEventOptions.DenialsPerSecond), nameof(FirewallEventOptions.Denials)],
            ["Payload_IsToldByNothing", "Denials_BeyondTheLimit_AreOnlyCounted", "Kinds_NotWanted_AreNotTold"]),
        ("Misuse of memory", [], [], ["Parse_EveryPrefixOfSample_ReadsNothingBehindIt", "EveryTruncation_IsDenied"]),
    ];

    [Fact]
    public void EveryThreat_HasItsTests()
    {
        HashSet<string> tests = [.. TestMethods.All.SelectMany(TestMethods.NamesOf)];
        Assert.All(s_threats, threat =>
        {
            Assert.NotEmpty(threat.Tests);
            Assert.Equal([], threat.Tests.Except(tests));
        });
    }

    /// <summary>As many as the document has.</summary>
    [Fact]
    public void EveryThreat_IsListedOnce() =>
        Assert.Equal(38, s_threats.Select(threat => threat.Threat).Distinct().Count());

    /// <summary>What a threat gets is denied, or passes without any effect.</summary>
    [Fact]
    public void ReasonsOfThreats_LetNothingIn() =>
        Assert.All(s_threats.SelectMany(threat => threat.Reasons).Distinct(), reason => Assert.Equal(reason == Reason.PassIgnored, reason.IsAllow()));
}
