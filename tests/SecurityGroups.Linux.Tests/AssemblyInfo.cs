// Every test has the machine's network to itself: namespaces, TUN devices and two cores' worth of kernel work.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
