/// Words of English that stand in every text and say nothing about it.
enum StopWords {
    static let all = Set(
        """
        a about after again all also am an and any are as at be because been before being below between both but by
        can could did do does doing during each few for from further had has have having he her here his how i if in
        into is it its itself just me more most my no nor not of off on once only or other our out own s same she
        should so some such t than that the their them then there these they this those through to too under until
        up very was we were what when where which while who whom why will with would you your
        """
        .split { $0 == " " || $0 == "\n" }.map(String.init))
}
