### Console.

console-brand = Otinish
